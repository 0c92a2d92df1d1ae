using System.Reflection;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Messaging;

/// <summary>Who handles what in this service, found once at start by convention; anything unclear stops the start.</summary>
public sealed class HandlerGraph
{
    private readonly Dictionary<Type, HandlerChain> _chains = [];
    private readonly MessagingOptions _options;

    /// <summary>Finds and compiles the handlers of the options' assembly.</summary>
    /// <exception cref="HandlerException">An unknown message, two handlers for one, or a method that cannot be called; the
    /// message says which.</exception>
    public HandlerGraph(MessagingOptions options, IServiceProviderIsService services)
    {
        _options = options;
        foreach (var type in options.HandlerTypes.Order(Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.FullName, b.FullName))))
        {
            foreach (var chain in Chains(type, options.Types, services))
            {
                if (_chains.TryGetValue(chain.Message.Type, out var other))
                    throw new HandlerException(
                        $"{chain.Message.Name} has two handlers, {other.Name} and {chain.Name}. One service handles a "
                            + "message in one place: let that one call both.");
                _chains.Add(chain.Message.Type, chain);
            }
        }
    }

    /// <summary>The wire names of all handled messages: what this service subscribes to.</summary>
    public IReadOnlyList<string> MessageNames => [.. _chains.Values.Select(chain => chain.Message.Name).Order(StringComparer.Ordinal)];

    /// <summary>Message, handler, queue and what happens on errors, as <c>auxo describe</c> prints it.</summary>
    public IReadOnlyList<HandlerDescription> Describe()
    {
        var policy = string.Join("; ", _options.Policies.Describe());
        return [.. _chains.Values.OrderBy(chain => chain.Message.Name, StringComparer.Ordinal)
            .Select(chain => new HandlerDescription(
                chain.Message.Name, chain.Name, _options.ServiceName, chain.Idempotent ? "idempotent; " + policy : policy))];
    }

    internal HandlerChain? Find(Type messageType) => _chains.GetValueOrDefault(messageType);

    internal static string NameOf(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    /// <summary>Public static classes whose name ends in Handler.</summary>
    internal static IEnumerable<Type> Discover(Assembly assembly)
        => assembly.GetTypes().Where(type
            => type is { IsAbstract: true, IsSealed: true } && type.IsVisible && type.Name.EndsWith("Handler", StringComparison.Ordinal));

    private static IEnumerable<HandlerChain> Chains(Type handler, MessageTypes types, IServiceProviderIsService services)
    {
        var methods = handler.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);
        var handles = methods.Where(method => method.Name is "Handle" or "HandleAsync").ToArray();
        if (handles.Length == 0) throw new HandlerException(
            $"{handler.Name} is called a handler but has no public static Handle or HandleAsync.");
        foreach (var handle in handles)
        {
            var name = NameOf(handle);
            if (handle.GetParameters() is not [var first, ..]) throw new HandlerException(
                $"{name} has no parameters; the first one must be the message.");
            var message = types.Find(first.ParameterType) ?? throw new HandlerException(
                $"{name} handles {first.ParameterType.Name}, which has no message name. Map it where messaging is "
                    + $"added: o.MapMessage(\"the_name\", Json.Default.{first.ParameterType.Name}).");
            if (handles.Count(other => other.GetParameters() is [var same, ..] && same.ParameterType == message.Type) > 1)
                throw new HandlerException($"{handler.Name} has two Handle methods for {message.Name}: keep one.");
            yield return Chain(handler, handle, message, methods, services);
        }
    }

    private static HandlerChain Chain(
        Type handler, MethodInfo handle, MessageType message, MethodInfo[] methods, IServiceProviderIsService services)
    {
        var load = Companion("Load", "LoadAsync");
        var validate = Companion("Validate", "ValidateAsync");
        if (validate is not null && MethodCompiler.ResultOf(validate) != typeof(HandlerContinuation))
            throw new HandlerException(
                $"{NameOf(validate)} must return HandlerContinuation (or a task of it), not {validate.ReturnType.Name}.");

        var isAggregate = handler.IsDefined(typeof(AggregateHandlerAttribute), inherit: false);
        foreach (var element in MethodCompiler.Elements(MethodCompiler.ResultOf(handle)))
        {
            if (element.IsPrimitive || element == typeof(string) || element == typeof(Events) && !isAggregate)
                throw new HandlerException(
                    $"{NameOf(handle)} returns {element.Name}: a handler returns "
                        + $"messages{(isAggregate ? " and events" : "; events only in an [AggregateHandler]")}.");
        }

        Type[] loads = load is null ? [] : [.. MethodCompiler.Elements(MethodCompiler.ResultOf(load))];
        var aggregate = isAggregate ? AggregateFetch.For(handler, handle, message.Type) : null;
        var compiler = new MethodCompiler(message.Type, aggregate?.Type, loads.ToHashSet(), services);
        return new HandlerChain
        {
            Message = message,
            Name = NameOf(handle),
            Idempotent = handler.IsDefined(typeof(IdempotentHandlerAttribute), inherit: false),
            Aggregate = aggregate,
            Loads = loads,
            Load = load is null ? null : new MethodCompiler(message.Type, aggregate?.Type, new HashSet<Type>(), services).Compile(load),
            Validate = validate is null ? null : compiler.Compile(validate),
            Handle = compiler.Compile(handle),
        };

        // A companion belongs to the Handle of the same message; one without a message parameter belongs to all.
        MethodInfo? Companion(string name, string asyncName)
        {
            var found = methods.Where(method => (method.Name == name || method.Name == asyncName)
                && (method.GetParameters() is not [var first, ..]
                    || first.ParameterType == message.Type || !IsMessageOfAnother(first.ParameterType))).ToArray();
            return found.Length <= 1
                ? found.SingleOrDefault()
                : throw new HandlerException($"{handler.Name} has two {name} methods for {message.Name}: keep one.");
        }

        bool IsMessageOfAnother(Type type) => methods.Any(method => method.Name is "Handle" or "HandleAsync" && method != handle
            && method.GetParameters() is [var first, ..] && first.ParameterType == type);
    }
}

/// <summary>One line of <c>auxo describe</c>.</summary>
/// <param name="Message">Its wire name.</param>
/// <param name="Handler">Such as <c>PatchOpenedHandler.Handle</c>.</param>
/// <param name="Queue">Where it waits.</param>
/// <param name="Policy">What happens when the handler throws.</param>
public sealed record HandlerDescription(string Message, string Handler, string Queue, string Policy);
