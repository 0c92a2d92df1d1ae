using System.Reflection;
using System.Runtime.CompilerServices;

using Auxo.EventStore;

namespace Auxo.Messaging;

/// <summary>
/// How one message is handled: fetch the aggregate, <c>Load</c>, <c>Validate</c>, <c>Handle</c>, and what becomes of the
/// result.
/// </summary>
internal sealed class HandlerChain
{
    public required MessageType Message { get; init; }

    /// <summary>Such as <c>PatchOpenedHandler.Handle</c>.</summary>
    public required string Name { get; init; }

    public required bool Idempotent { get; init; }

    public required AggregateFetch? Aggregate { get; init; }

    public required CompiledMethod? Load { get; init; }

    public required CompiledMethod? Validate { get; init; }

    public required CompiledMethod Handle { get; init; }

    /// <summary>The types that Load returns, in order.</summary>
    public required IReadOnlyList<Type> Loads { get; init; }

    /// <summary>
    /// Runs the handler; its events are appended to the invocation's session, its messages are returned. Nothing is saved here.
    /// </summary>
    public async Task<OutgoingMessages> RunAsync(HandlerInvocation invocation, MessageTypes types)
    {
        var outgoing = new OutgoingMessages();
        if (Aggregate is not null)
        {
            var key = Aggregate.Key(invocation.Message);
            invocation.Stream = await Aggregate.Fetch(invocation.Session, key, invocation.CancellationToken);
            if (invocation.Stream.Aggregate is null && Aggregate.Required) throw new UnknownStreamException(key);
        }

        if (Load is not null) Keep(invocation, await Load(invocation));
        if (Validate is not null && await Validate(invocation) is HandlerContinuation.Stop) return outgoing;
        Take(await Handle(invocation), invocation.Stream, types, outgoing);
        return outgoing;
    }

    private void Keep(HandlerInvocation invocation, object? result)
    {
        if (Loads.Count == 1) invocation.Loaded[Loads[0]] = result;
        else if (result is ITuple tuple)
        {
            for (var i = 0; i < tuple.Length; i++) invocation.Loaded[Loads[i]] = tuple[i];
        }
    }

    /// <summary>Sorts a result: messages go out; in an aggregate handler whatever is no message is an event of its stream.</summary>
    private void Take(object? result, IEventStream<object>? stream, MessageTypes types, OutgoingMessages outgoing)
    {
        switch (result)
        {
            case null:
                break;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++) Take(tuple[i], stream, types, outgoing);
                break;
            case OutgoingMessages messages:
                outgoing.AddRange(messages);
                break;
            case IEnumerable<object> events when stream is not null:
                stream.AppendMany(events);
                break;
            case Events:
                throw new InvalidOperationException(
                    $"{Name} returns Events but is no [AggregateHandler]: there is no stream to append them to.");
            case IEnumerable<object> messages:
                outgoing.AddRange(messages);
                break;
            case DelayedMessage or GroupedMessage:
                outgoing.Add(result);
                break;
            default:
                if (stream is not null && types.Find(result.GetType()) is null) stream.AppendOne(result);
                else outgoing.Add(result);
                break;
        }
    }
}

/// <summary>How the aggregate of a handler is found.</summary>
/// <param name="Type">The aggregate.</param>
/// <param name="Key">The stream's key of a message.</param>
/// <param name="Required">False when the handler takes null for a stream that does not exist.</param>
internal sealed record AggregateFetch(Type Type, Func<object, string> Key, bool Required)
{
    public Func<IDocumentSession, string, CancellationToken, Task<IEventStream<object>>> Fetch { get; } =
        typeof(AggregateFetch).GetMethod(nameof(FetchAsync), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(Type).CreateDelegate<Func<IDocumentSession, string, CancellationToken, Task<IEventStream<object>>>>();

    /// <summary>The rules of <see cref="AggregateHandlerAttribute"/>, resolved for one handler.</summary>
    public static AggregateFetch For(Type handler, MethodInfo handle, Type messageType)
    {
        var name = HandlerGraph.NameOf(handle);
        var candidates = handle.GetParameters().Where(p => IsAggregate(Unwrap(p.ParameterType))).ToArray();
        if (candidates is not [var parameter])
            throw new HandlerException(
                $"{name} is in an [AggregateHandler] and must have exactly one parameter with Create or Apply methods; "
                    + $"it has {candidates.Length}.");

        var aggregate = Unwrap(parameter.ParameterType);
        var required = new NullabilityInfoContext().Create(parameter).WriteState != NullabilityState.Nullable
            && parameter.ParameterType == aggregate;
        if (handler.GetMethod("StreamKey", [messageType]) is { IsStatic: true } own && own.ReturnType == typeof(string))
            return new AggregateFetch(aggregate, message => (string)own.Invoke(null, [message])!, required);

        var property = messageType.GetProperty(aggregate.Name + "Id")
            ?? throw new HandlerException(
                $"{name}: which stream? Give {handler.Name} a 'static string StreamKey({messageType.Name} message)' or "
                    + $"the message a property {aggregate.Name}Id.");
        if (aggregate.GetMethod("StreamKey", [property.PropertyType]) is { IsStatic: true } shared && shared.ReturnType == typeof(string))
            return new AggregateFetch(aggregate, message => (string)shared.Invoke(null, [property.GetValue(message)])!, required);
        return property.PropertyType == typeof(string)
            ? new AggregateFetch(aggregate, message => (string)property.GetValue(message)!, required)
            : throw new HandlerException(
                $"{name}: how does {property.Name} become a stream key? Give {aggregate.Name} a 'static string "
                    + $"StreamKey({property.PropertyType.Name} id)'.");
    }

    private static bool IsAggregate(Type type)
        => type.IsClass && type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
            .Any(m => m.Name is "Apply" or "Create" or "Evolve");

    private static Type Unwrap(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEventStream<>) ? type.GenericTypeArguments[0] : type;

    private static async Task<IEventStream<object>> FetchAsync<T>(IDocumentSession session, string key, CancellationToken ct)
        where T : class
        => await session.Events.FetchForWriting<T>(key, ct);
}
