using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using Auxo.Pipeline.Runners.Leases;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.Features;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>What all calls of runners have in common: <c>/runner/{runner}/…</c>, for the token of that runner alone.</summary>
internal static class RunnerCalls
{
    /// <summary>The scope of a runner's token is this, a colon, and its name.</summary>
    public const string Scope = "pipeline:runner";

    /// <summary>The header that has the lease.</summary>
    public const string LeaseHeader = "Auxo-Lease";

    /// <summary>The largest body that is JSON.</summary>
    public const int MostJsonBytes = 8 << 20;

    /// <summary>Adds the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/runner/{runner}").RequireScopeFor(Scope, "runner").WithTags("Runner");
        AskForWork.Map(group);
        var builds = group.MapGroup("/builds/{id:guid}");
        RenewLease.Map(builds);
        SendSource.Map(builds);
        TakeLog.Map(builds);
        TakeArtifact.Map(builds);
        TakeReports.Map(builds);
        GiveBack.Map(builds);
        CarryToRegistry.Map(builds);
    }

    /// <summary>The caller's hold of a build, or what he is answered.</summary>
    public static async Task<(Handover? Held, IResult? Refusal)> HoldAsync(
        this Handovers handovers, HttpContext http, string runner, Guid build, CancellationToken ct)
    {
        if (!Guid.TryParse(http.Request.Headers[LeaseHeader], out var lease))
            return (null, AuxoProblem.BadRequest("lease/missing", $"The header {LeaseHeader} has no lease."));
        var (state, held) = await handovers.FindAsync(build, runner, lease, ct);
        if (held is not null) return (held, null);
        if (state == LeaseState.NotYet)
        {
            http.Response.Headers.RetryAfter = "1";
            return (null, AuxoProblem.Of(
                StatusCodes.Status503ServiceUnavailable, "lease/not-yet", "The pipeline has just started; ask again in a second."));
        }

        return (null, Over(state));
    }

    /// <summary>410: nothing of this lease is taken any more.</summary>
    public static IResult Over(LeaseState state)
        => AuxoProblem.Of(StatusCodes.Status410Gone, $"lease/{Word(state)}", state switch
        {
            LeaseState.Done => "All steps of the build have their results.",
            LeaseState.Stopped => "The build was ended; stop its steps.",
            _ => "The build is not yours any more: it goes on with another machine. Stop its steps.",
        });

    /// <summary>As it is written in answers.</summary>
    public static string Word(LeaseState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    /// <summary>Reads a body of bounded size.</summary>
    /// <exception cref="BadHttpRequestException">It is no such body.</exception>
    public static async Task<T> ReadAsync<T>(this HttpRequest request, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        request.HttpContext.LimitBody(MostJsonBytes);
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, ct)
                ?? throw new BadHttpRequestException("The body is null.");
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException("The body is not what this route takes.", e);
        }
    }

    /// <summary>A larger body than this is refused while it is read.</summary>
    public static void LimitBody(this HttpContext http, long bytes)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = bytes;
    }
}
