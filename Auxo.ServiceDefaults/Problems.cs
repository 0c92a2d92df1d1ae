using System.Diagnostics;
using System.Text.Json;

using Auxo.ServiceDefaults.Storage;

using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using Npgsql;

namespace Auxo.ServiceDefaults;

/// <summary>
/// An expected failure that a caller can understand and act on: derive one class per failure, in the area that it belongs to.
/// It is answered as an RFC 9457 problem.
/// </summary>
/// <param name="type">Area and name, such as <c>build/already-finished</c>; it is sent as <c>auxo:build/already-finished</c>
/// and never changes.</param>
/// <param name="status">The HTTP status: 404, 409, 412, 422 and the like.</param>
/// <param name="detail">What happened and what to do next, for people; never a secret.</param>
/// <param name="inner">The cause, for the log.</param>
public abstract class AuxoException(string type, int status, string detail, Exception? inner = null) : Exception(detail, inner)
{
    /// <summary>Area and name, without <c>auxo:</c>.</summary>
    public string Type { get; } = type;

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;
}

/// <summary>Problems as results, for handlers that return instead of throwing.</summary>
public static class AuxoProblem
{
    /// <summary>A problem of any status; <paramref name="type"/> is area and name, such as <c>build/not-found</c>.</summary>
    public static ProblemHttpResult Of(int status, string type, string detail) => TypedResults.Problem(Details(status, type, detail));

    /// <summary>400: the request itself is wrong.</summary>
    public static ProblemHttpResult BadRequest(string type, string detail) => Of(StatusCodes.Status400BadRequest, type, detail);

    /// <summary>404: there is no such thing.</summary>
    public static ProblemHttpResult NotFound(string type, string detail) => Of(StatusCodes.Status404NotFound, type, detail);

    /// <summary>409: not in this state.</summary>
    public static ProblemHttpResult Conflict(string type, string detail) => Of(StatusCodes.Status409Conflict, type, detail);

    /// <summary>422: well formed, but it cannot be done.</summary>
    public static ProblemHttpResult Unprocessable(string type, string detail) => Of(StatusCodes.Status422UnprocessableEntity, type, detail);

    /// <summary>The body of a problem. Its title is the name in words: <c>build/already-finished</c> gives "Already finished".</summary>
    public static ProblemDetails Details(int status, string type, string detail)
    {
        var name = type[(type.LastIndexOf('/') + 1)..].Replace('-', ' ');
        return new ProblemDetails
        {
            Type = "auxo:" + type, Title = char.ToUpperInvariant(name[0]) + name[1..], Status = status, Detail = detail,
        };
    }
}

/// <summary>The one place where exceptions become answers.</summary>
internal sealed partial class ExceptionProblems(IProblemDetailsService problems, ILogger<ExceptionProblems> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = From(exception);

        // The route's pattern, not the path: a path may carry what must not be logged.
        var route = httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.DisplayName
            ?? $"{httpContext.Request.Method} an unknown route";
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            Log.Unavailable(logger, route, exception.Message);
            httpContext.Response.Headers.RetryAfter = "5";
        }
        else if (problem.Status >= StatusCodes.Status500InternalServerError)
        {
            Log.Unexpected(logger, exception, route);
        }

        httpContext.Response.StatusCode = problem.Status!.Value;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext, ProblemDetails = problem, Exception = exception,
        });
    }

    /// <summary>What is answered to an exception; an unexpected one says nothing of the inside.</summary>
    internal static ProblemDetails From(Exception exception) => exception switch
    {
        AuxoException e => AuxoProblem.Details(e.Status, e.Type, e.Message),
        BadHttpRequestException { InnerException: JsonException json } e
            => AuxoProblem.Details(e.StatusCode, "request/invalid-json", Describe(json)),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }
            => AuxoProblem.Details(413, "request/too-large", "The request's body is larger than this route accepts."),
        BadHttpRequestException e => AuxoProblem.Details(e.StatusCode, "request/invalid", UnreadableValue.Describe(e.Message) ?? e.Message),
        _ when LostRace.Is(exception) => AuxoProblem.Details(
            409, "state/changed-meanwhile", "Somebody else changed it at the same moment. Read it again and repeat the request."),
        InvalidOperationException e when e.Message.Contains("is not a known encoding", StringComparison.Ordinal)
            => AuxoProblem.Details(415, "request/unsupported-media-type", "The charset of Content-Type is not known; send UTF-8."),
        _ => Cause(exception) switch
        {
            PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire } => AuxoProblem.Details(
                400, "request/invalid", "A part of the request has a zero character; leave it out."),
            NpgsqlException { InnerException: TimeoutException } e when e.Message.Contains("pool", StringComparison.OrdinalIgnoreCase)
                => AuxoProblem.Details(503, "service/busy", "More is asked at once than this service answers. Repeat the request."),
            PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "53300" } or NpgsqlException and not PostgresException
                => AuxoProblem.Details(503, "database/unavailable",
                    "PostgreSQL does not answer. Repeat the request when it is back; 'auxo status' shows its state."),
            _ => Unexpected,
        },
    };

    private static ProblemDetails Unexpected => AuxoProblem.Details(
        500, "internal/unexpected", "This is a defect of Auxo. The service's log tells more under the trace id of this answer.");

    /// <summary>What the database said, however libraries have wrapped it.</summary>
    private static Exception? Cause(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is NpgsqlException) return e;
        }

        return null;
    }

    private static string Describe(JsonException json)
        => json.Message.IndexOf(Missing, StringComparison.Ordinal) is >= 0 and var at
            ? $"The body lacks {json.Message[(at + Missing.Length)..].Split('.')[0].Trim()}."
            : $"The body is not the expected JSON: at {json.Path ?? "$"}, line {(json.LineNumber ?? 0) + 1}, byte "
            + $"{(json.BytePositionInLine ?? 0) + 1}.";

    /// <summary>The framework's words before the names.</summary>
    private const string Missing = "missing required properties including:";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Route} failed")]
        public static partial void Unexpected(ILogger logger, Exception exception, string route);

        [LoggerMessage(2, LogLevel.Warning, "{Route} could not be answered: {Reason}")]
        public static partial void Unavailable(ILogger logger, string route, string reason);
    }
}

/// <summary>Registers the answers to errors.</summary>
internal static class ProblemsConfiguration
{
    public static void AddProblems(this IServiceCollection services)
    {
        services.AddExceptionHandler<ExceptionProblems>();

        // Else a body that cannot be read is answered without a word about where and why.
        services.Configure<RouteHandlerOptions>(static options => options.ThrowOnBadRequest = true);
        services.AddProblemDetails(static options => options.CustomizeProblemDetails = static context =>
        {
            context.ProblemDetails.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
            if (context.ProblemDetails.Type is { } type && type.StartsWith("auxo:", StringComparison.Ordinal)) return;

            // An answer of the framework itself, such as 404 for an unknown path or 405.
            var plain = AuxoProblem.Details(context.ProblemDetails.Status
                ?? 500, Name(context.ProblemDetails.Status), context.ProblemDetails.Detail ?? context.ProblemDetails.Title ?? "");
            (context.ProblemDetails.Type, context.ProblemDetails.Title, context.ProblemDetails.Detail) = (
                plain.Type, plain.Title, plain.Detail);
        });
    }

    private static string Name(int? status) => status switch
    {
        StatusCodes.Status401Unauthorized => "access/unauthenticated",
        StatusCodes.Status403Forbidden => "access/forbidden",
        StatusCodes.Status404NotFound => "request/no-such-route",
        StatusCodes.Status405MethodNotAllowed => "request/method-not-allowed",
        StatusCodes.Status413PayloadTooLarge => "request/too-large",
        StatusCodes.Status415UnsupportedMediaType => "request/unsupported-media-type",
        _ => "request/invalid",
    };
}
