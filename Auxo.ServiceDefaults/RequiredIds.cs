using System.Text.Json.Serialization.Metadata;

using Auxo.Contracts;

namespace Auxo.ServiceDefaults;

/// <summary>A body that lacks an id is refused where it is read; an id that was never set would throw wherever it is looked at.</summary>
internal static class RequiredIds
{
    public static void Apply(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property is { Set: not null, AssociatedParameter: { HasDefaultValue: false, IsNullable: false } }
                && IsId(property.PropertyType)) property.IsRequired = true;
        }
    }

    private static bool IsId(Type type)
        => type.IsValueType && Array.Exists(
            type.GetInterfaces(), static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IIdentifier<>));
}
