using System.Collections.Concurrent;
using System.Reflection;

namespace Auxo.EventStore;

/// <summary>
/// Folds events into a <typeparamref name="T"/> by the conventions <c>static T Create(E)</c>, <c>T Apply(E)</c>, <c>bool
/// ShouldDelete(E)</c>, where <c>E</c> is an event, a base of events or <c>IEvent&lt;E&gt;</c>. The methods stand on T itself,
/// or on a projection, where <c>Apply(E, T)</c> and <c>ShouldDelete(E, T)</c> get the state as well. Found once; what is wrong
/// is said then.
/// </summary>
internal sealed class Aggregator<T>
    where T : class
{
    private readonly List<Step> _steps = [];
    private readonly ConcurrentDictionary<Type, Fold> _folds = new();
    private readonly Func<T>? _empty;
    private readonly Type _host;

    public Aggregator(object? projection = null)
    {
        _host = projection?.GetType() ?? typeof(T);
        if (typeof(T).GetConstructor(Type.EmptyTypes) is not null && !typeof(T).IsAbstract) _empty = Activator.CreateInstance<T>;
        foreach (var method in _host.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
        {
            if (method.Name is "Create" or "Apply" or "ShouldDelete") _steps.Add(ToStep(method, projection));
        }

        foreach (var twice in _steps.GroupBy(step => (step.Kind, step.EventType)).Where(group => group.Count() > 1))
            throw Wrong($"has two methods {twice.Key.Kind} for {twice.Key.EventType}");
        foreach (var step in _steps.Where(
            step => step.Kind == "Create" && _steps.Exists(other => other.Kind == "Apply" && other.EventType == step.EventType)))
            throw Wrong($"has both Create and Apply for {step.EventType}; one event is either the beginning or a change");
    }

    /// <summary>
    /// Whether a method asks for the metadata of an event (position, version, time), which is known only once it is stored.
    /// </summary>
    public bool NeedsMetadata => _steps.Exists(step => step.Envelope);

    /// <summary>Says at start-up what could never work: no methods at all, or methods for types that are no mapped events.</summary>
    public void Validate(IReadOnlyCollection<Type> mapped)
    {
        if (_steps.Count == 0) throw Wrong("has neither Create nor Apply");
        foreach (var step in _steps)
        {
            if (!mapped.Any(type => type.IsAssignableTo(step.EventType)))
                throw Wrong($"has {step.Kind} for {step.EventType}, which is no mapped event (MapEventType)");
        }
    }

    public bool Handles(Type eventType) => FoldOf(eventType).Any;

    /// <summary>
    /// The state after one more event. An event without a method changes nothing. A first event that only <c>Apply</c> knows starts from
    /// <c>new T()</c>; without such a constructor it is an error at the beginning of a stream, and later (after a delete) changes nothing.
    /// </summary>
    public T? Apply(T? state, IEvent @event)
    {
        var fold = FoldOf(@event.Data.GetType());
        if (state is null)
        {
            if (fold.Create is not null) return fold.Create(null, @event);
            if (fold.Apply is null) return null;
            if (_empty is not null) return Delete(fold, fold.Apply(_empty(), @event), @event);
            if (@event.Version == 1 && _host == typeof(T))
                throw new InvalidOperationException(
                    $"Stream {@event.StreamKey} begins with {@event.EventTypeName}, but {typeof(T)} has no Create for it.");
            return null;
        }

        if (fold.ShouldDelete is not null && fold.ShouldDelete(state, @event)) return null;
        return fold.Apply is null ? state : fold.Apply(state, @event);
    }

    private static T? Delete(Fold fold, T state, IEvent @event)
        => fold.ShouldDelete is not null && fold.ShouldDelete(state, @event) ? null : state;

    private Fold FoldOf(Type eventType) => _folds.GetOrAdd(eventType, type => new Fold(
        (Func<T?, IEvent, T>?)Nearest("Create", type), (Func<T?, IEvent, T>?)Nearest("Apply", type),
        (Func<T, IEvent, bool>?)Nearest("ShouldDelete", type)));

    /// <summary>The method for the type itself, else for its nearest base, else for an interface.</summary>
    private Delegate? Nearest(string kind, Type eventType)
    {
        for (var type = eventType; type is not null; type = type.BaseType)
        {
            if (_steps.Find(step => step.Kind == kind && step.EventType == type) is { } step) return step.Call;
        }

        return _steps.Find(step => step.Kind == kind && step.EventType.IsInterface && eventType.IsAssignableTo(step.EventType))?.Call;
    }

    private Step ToStep(MethodInfo method, object? projection)
    {
        var onProjection = projection is not null;
        var parameters = method.GetParameters();
        var wantsState = onProjection && parameters.Length == 2 && parameters[1].ParameterType == typeof(T) && method.Name != "Create";
        var target = method.IsStatic ? null : projection;
        var result = method.Name == "ShouldDelete" ? typeof(bool) : typeof(T);
        // On the aggregate itself Create is static, the others are calls on the state.
        var form = method.Name == "Create"
            ? onProjection || method.IsStatic
            : onProjection ? wantsState || method.Name == "ShouldDelete"
            : !method.IsStatic;
        if (!form || method.ReturnType != result || parameters.Length != (wantsState ? 2 : 1))
        {
            throw Wrong(onProjection
                ? $"must declare {method.Name} as {typeof(T).Name} Create(E), {typeof(T).Name} Apply(E, "
                    + $"{typeof(T).Name}) or bool ShouldDelete(E, {typeof(T).Name})"
                : $"must declare {method.Name} as static {typeof(T).Name} Create(E), {typeof(T).Name} Apply(E) or bool ShouldDelete(E)");
        }

        var parameter = parameters[0].ParameterType;
        var envelope = parameter.IsGenericType && parameter.GetGenericTypeDefinition() == typeof(IEvent<>);
        var eventType = envelope ? parameter.GetGenericArguments()[0] : parameter;
        var stateFirst = !onProjection && !method.IsStatic;
        var bind = (stateFirst, wantsState) switch
        {
            (true, _) => nameof(OnState),
            (_, true) => nameof(WithState),
            _ => nameof(WithoutState),
        };
        var call = (Delegate)typeof(Aggregator<T>).GetMethod(bind, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(parameter, result).Invoke(null, [method, target, envelope])!;
        return new Step(method.Name, eventType, envelope, call);
    }

    private static Func<T, IEvent, TResult> OnState<TParameter, TResult>(MethodInfo method, object? target, bool envelope)
    {
        _ = target;
        var call = method.CreateDelegate<Func<T, TParameter, TResult>>();
        return (state, e) => call(state, envelope ? (TParameter)e : (TParameter)e.Data);
    }

    private static Func<T, IEvent, TResult> WithState<TParameter, TResult>(MethodInfo method, object? target, bool envelope)
    {
        var call = method.CreateDelegate<Func<TParameter, T, TResult>>(target);
        return (state, e) => call(envelope ? (TParameter)e : (TParameter)e.Data, state);
    }

    private static Func<T, IEvent, TResult> WithoutState<TParameter, TResult>(MethodInfo method, object? target, bool envelope)
    {
        var call = method.CreateDelegate<Func<TParameter, TResult>>(target);
        return (_, e) => call(envelope ? (TParameter)e : (TParameter)e.Data);
    }

    private InvalidOperationException Wrong(string what) => new($"{_host} {what}.");

    private sealed record Step(string Kind, Type EventType, bool Envelope, Delegate Call);

    private sealed record Fold(Func<T?, IEvent, T>? Create, Func<T?, IEvent, T>? Apply, Func<T, IEvent, bool>? ShouldDelete)
    {
        public bool Any => Create is not null || Apply is not null || ShouldDelete is not null;
    }
}
