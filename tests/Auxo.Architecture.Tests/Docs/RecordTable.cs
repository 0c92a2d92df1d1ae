using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;

using Auxo.Contracts;

namespace Auxo.Architecture.Tests.Docs;

/// <summary>A record's fields as a Markdown table.</summary>
internal static class RecordTable
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static void Write(StringBuilder text, Type record)
    {
        var fields = Properties(record).Where(static p => p.Name != "EqualityContract" && p.CanWrite).ToList();
        if (fields.Count == 0)
        {
            text.Append("No fields.\n\n");
            return;
        }

        text.Append("| field | type | meaning |\n|---|---|---|\n");
        foreach (var field in fields)
            text.Append($"| `{StoredName(field)}` | {TypeName(field)} | {XmlDocs.Parameter(record, field.Name).Replace("|", "\\|")} |\n");
        text.Append('\n');
    }

    /// <summary>The records of its own assembly and of the contracts that a record holds, however deep.</summary>
    public static IEnumerable<Type> Parts(Type record)
        => Properties(record).Select(static p => Element(p.PropertyType))
            .Where(t => t != record && (t.Assembly == record.Assembly || t.Assembly == typeof(Contracts.Rid).Assembly)
                && t is { IsClass: true, IsAbstract: false }).Distinct()
            .SelectMany(static t => Parts(t).Prepend(t));

    /// <summary>As they are declared: reflection gives first what somebody has looked up by its name before.</summary>
    private static IEnumerable<PropertyInfo> Properties(Type record)
        => record.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(static p => p.MetadataToken);

    private static string TypeName(PropertyInfo field)
    {
        var type = field.PropertyType;
        var name = Element(type) is var element
            && element != type && Nullable.GetUnderlyingType(type) is null ? Name(element) + "[]" : Name(element);
        var optional = Nullable.GetUnderlyingType(type) is not null
            || !type.IsValueType && Nullability.Create(field).ReadState == NullabilityState.Nullable;
        return optional ? name + "?" : name;
    }

    private static string Name(Type type)
    {
        if (type.IsEnum) return string.Join(" \\| ", Enum.GetNames(type).Select(n => $"`{StoredName(type, n)}`"));
        if (type == typeof(DateTimeOffset)) return "instant";
        if (type == typeof(TimeSpan)) return "duration";
        if (type == typeof(int) || type == typeof(long)) return "integer";
        if (type == typeof(double)) return "number";
        if (type == typeof(bool)) return "bool";
        if (type == typeof(string)) return "string";
        if (type == typeof(Guid)) return "UUID";
        if (type.Assembly != typeof(Rid).Assembly && type.IsValueType) return type.Name;
        return type.Assembly == typeof(Rid).Assembly && type.IsValueType ? type.Name : $"[{type.Name}](#{type.Name.ToLowerInvariant()})";
    }

    private static Type Element(Type type)
        => Nullable.GetUnderlyingType(type) ?? (type.IsArray
            ? type.GetElementType()!
            : type.IsGenericType && type.GetGenericArguments().Length == 1 ? type.GetGenericArguments()[0]
            : type);

    private static string StoredName(PropertyInfo field)
        => field.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? Camel(field.Name);

    private static string StoredName(Type type, string member)
        => type.GetField(member)!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? member;

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
