using System.Reflection;

namespace Auxo.Architecture.Tests;

/// <summary>A handler of a message decides and does nothing: what it needs is loaded beside it, what it decides it returns.</summary>
public sealed class HandlerTests
{
    public static TheoryData<string> Services => [.. RunningServices.All.Keys];

    [Theory]
    [MemberData(nameof(Services))]
    public void a_handler_is_static_and_waits_for_nothing(string service)
        => Assert.All(Handlers(service), static handler => Assert.True(
            handler.IsStatic && handler.ReturnType != typeof(ValueTask) && !typeof(Task).IsAssignableFrom(handler.ReturnType),
            $"{handler.DeclaringType!.Name}.{handler.Name} must be static, and return what it decides instead of a task."));

    [Theory]
    [MemberData(nameof(Services))]
    public void a_handler_has_no_way_to_the_database(string service)
        => Assert.All(Handlers(service), static handler => Assert.DoesNotContain(
            handler.GetParameters(),
            static p => p.ParameterType.Namespace is "Marten" or "Npgsql" || p.ParameterType.Name is "Outbox" or "IMessageBus"));

    private static IEnumerable<MethodInfo> Handlers(string service)
        => RunningServices.All[service].Assembly.GetExportedTypes()
            .Where(static t => t.Name.EndsWith("Handler", StringComparison.Ordinal))
            .SelectMany(static t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance))
            .Where(static m => m.Name is "Handle" or "HandleAsync" or "Consume" or "ConsumeAsync");
}
