using System.Linq.Expressions;
using System.Reflection;

using Auxo.EventStore;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Messaging;

/// <summary>Runs one method of a handler and gives what it returned, awaited.</summary>
internal delegate ValueTask<object?> CompiledMethod(HandlerInvocation invocation);

/// <summary>
/// Turns the methods of a handler into delegates, once at start; a parameter that nobody can supply stops the start there.
/// </summary>
internal sealed class MethodCompiler(Type messageType, Type? aggregateType, IReadOnlySet<Type> loaded, IServiceProviderIsService services)
{
    private static readonly ParameterExpression Invocation = Expression.Parameter(typeof(HandlerInvocation), "invocation");

    public CompiledMethod Compile(MethodInfo method)
    {
        var call = Expression.Call(method, method.GetParameters().Select(parameter => Argument(method, parameter)));
        return Expression.Lambda<CompiledMethod>(Awaited(call), Invocation).Compile();
    }

    /// <summary>
    /// The result type once awaited: <c>T</c> of <c>Task&lt;T&gt;</c> and <c>ValueTask&lt;T&gt;</c>, void of the plain ones.
    /// </summary>
    public static Type ResultOf(MethodInfo method) => method.ReturnType switch
    {
        { IsGenericType: true } type when type.GetGenericTypeDefinition() is var open
            && (open == typeof(Task<>) || open == typeof(ValueTask<>)) => type.GenericTypeArguments[0],
        var type when type == typeof(Task) || type == typeof(ValueTask) => typeof(void),
        var type => type,
    };

    /// <summary>The types that a result consists of: the elements of a tuple, or the type itself.</summary>
    public static IEnumerable<Type> Elements(Type result)
        => result == typeof(void)
            ? []
            : result.IsAssignableTo(typeof(System.Runtime.CompilerServices.ITuple)) ? result.GenericTypeArguments
            : [result];

    private Expression Argument(MethodInfo method, ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type == messageType) return Expression.Convert(Property(nameof(HandlerInvocation.Message)), type);
        if (type == typeof(CancellationToken)) return Property(nameof(HandlerInvocation.CancellationToken));
        if (type == typeof(Envelope)) return Property(nameof(HandlerInvocation.Envelope));
        if (type == typeof(IDocumentSession)) return Property(nameof(HandlerInvocation.Session));
        if (type == typeof(IQuerySession)) return Expression.Convert(Property(nameof(HandlerInvocation.Session)), type);
        if (type == typeof(DateTimeOffset)) return Property(nameof(HandlerInvocation.Now));
        if (type == aggregateType) return Expression.Convert(Property(nameof(HandlerInvocation.Aggregate)), type);
        if (aggregateType is not null && type == typeof(IEventStream<>).MakeGenericType(aggregateType))
            return Expression.Convert(Property(nameof(HandlerInvocation.Stream)), type);
        if (loaded.Contains(type))
            return Expression.Convert(Expression.Call(Invocation, nameof(HandlerInvocation.Load), [], Expression.Constant(type)), type);
        if (services.IsService(type))
        {
            return Expression.Call(
                typeof(ServiceProviderServiceExtensions), nameof(ServiceProviderServiceExtensions.GetRequiredService), [type],
                Property(nameof(HandlerInvocation.Services)));
        }

        throw new HandlerException(
            $"{HandlerGraph.NameOf(method)} asks for '{parameter.Name}' of type {type.Name}, which is neither the "
                + "message, its aggregate, the result of Load, "
            + "Envelope, IDocumentSession, CancellationToken or DateTimeOffset, nor a registered service.");
    }

    private static MemberExpression Property(string name) => Expression.Property(Invocation, name);

    private static Expression Awaited(MethodCallExpression call)
    {
        var type = call.Type;
        if (type == typeof(void)) return Expression.Block(call, Expression.Default(typeof(ValueTask<object?>)));
        if (type == typeof(Task)) return Adapt(nameof(FromTask), []);
        if (type == typeof(ValueTask)) return Adapt(nameof(FromValueTask), []);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>)) return Adapt(
            nameof(FromTaskOf), type.GenericTypeArguments);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>)) return Adapt(
            nameof(FromValueTaskOf), type.GenericTypeArguments);
        return Expression.New(typeof(ValueTask<object?>).GetConstructor([typeof(object)])!, Expression.Convert(call, typeof(object)));

        MethodCallExpression Adapt(string name, Type[] of) => Expression.Call(typeof(MethodCompiler), name, of, call);
    }

    private static async ValueTask<object?> FromTask(Task task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> FromValueTask(ValueTask task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> FromTaskOf<T>(Task<T> task) => await task;

    private static async ValueTask<object?> FromValueTaskOf<T>(ValueTask<T> task) => await task;
}

/// <summary>A handler that cannot be run; the message names it and says why. Stops the start.</summary>
public sealed class HandlerException(string message) : Exception(message);
