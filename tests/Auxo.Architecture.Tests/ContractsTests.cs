using System.Reflection;

using Auxo.Contracts;

namespace Auxo.Architecture.Tests;

/// <summary>The published language.</summary>
public sealed class ContractsTests
{
    /// <summary>Records that no other record holds: they travel on their own. What agents of nodes tell comes over HTTP.</summary>
    internal static IReadOnlyList<Type> Messages { get; } = FindMessages();

    [Fact]
    public void every_message_can_be_written_and_read()
        => Assert.Empty(Messages.Where(static m => ContractsJson.Default.GetTypeInfo(m) is null).Select(static m => m.Name));

    [Fact]
    public void messages_are_sealed_and_immutable()
        => Assert.All(Messages, static m =>
        {
            Assert.True(m.IsSealed);
            Assert.All(m.GetProperties(), p
                => Assert.True(p.SetMethod is null
                    || p.SetMethod.ReturnParameter.GetRequiredCustomModifiers().Length > 0, $"{m.Name}.{p.Name} can be set"));
        });

    [Fact]
    public void messages_name_their_units_and_use_typed_ids_and_instants()
    {
        Type[] banned = [typeof(DateTime), typeof(object), typeof(float), typeof(decimal)];
        Assert.All(
            typeof(Rid).Assembly.GetExportedTypes().Where(IsRecord)
                .SelectMany(static r => r.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)),
            p => Assert.DoesNotContain(Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType, banned));
    }

    private static List<Type> FindMessages()
    {
        var records = typeof(Rid).Assembly.GetExportedTypes().Where(IsRecord)
            .Where(static r => r != typeof(MessageRoute) && r.Namespace != typeof(Contracts.Mesh.NodeReport).Namespace).ToList();
        // What was found of the past is told in the messages that tell it live.
        var parts = records.Where(static r => r != typeof(HistoryFound))
            .SelectMany(static r => r.GetProperties()).Select(static p => p.PropertyType)
            .SelectMany(static t => t.IsGenericType ? t.GetGenericArguments().Append(t) : [t]).ToHashSet();
        return [.. records.Where(r => !parts.Contains(r)).OrderBy(static r => r.Name, StringComparer.Ordinal)];
    }

    private static bool IsRecord(Type type) => type is { IsClass: true, IsAbstract: false } && type.GetMethod("<Clone>$") is not null;
}
