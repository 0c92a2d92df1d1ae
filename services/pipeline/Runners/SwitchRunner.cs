using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Runners.Leases;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Runners;

/// <summary>
/// <c>POST /runners/{name}/pause</c>, <c>/drain</c> and <c>/resume</c>: whether a runner gets work. What it has goes on; with <c>drain</c>
/// its program ends afterwards. <c>DELETE /runners/{name}</c> takes from it what it has, for another machine.
/// </summary>
public static class SwitchRunner
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (verb, name, state) in ((string, string, RunnerState)[])[
            ("pause", "PauseRunner", RunnerState.Paused), ("drain", "DrainRunner", RunnerState.Draining),
            ("resume", "ResumeRunner", RunnerState.Active)])
        {
            routes.MapPost($"/runners/{{name}}/{verb}", (
                string name, HttpContext http, RunnerTable table, Handovers handovers, RunnerDesk desk, BuildSignals signals,
                TimeProvider time, CancellationToken ct) => SwitchAsync(name, state, http, table, handovers, desk, signals, time, ct))
                .WithName(name).RequireScope(AccessToken.Admin);
        }

        routes.MapDelete("/runners/{name}", RemoveAsync).WithName("RemoveRunner").RequireScope(AccessToken.Admin);
    }

    private static async Task<Results<Ok<RunnerResponse>, ProblemHttpResult>> SwitchAsync(
        string name, RunnerState state, HttpContext http, RunnerTable table, Handovers handovers, RunnerDesk desk,
        BuildSignals signals, TimeProvider time, CancellationToken ct)
    {
        if (await table.SwitchAsync(name, state, http.Caller(), time.GetUtcNow(), ct) is not { } runner)
            return NotFound(name);
        desk.Dismiss(name);
        signals.Ring();
        return TypedResults.Ok(RunnerResponse.Of(
            runner, [.. handovers.Of(name).Select(static held => held.Row.BuildId)], time.GetUtcNow()));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        string name, RunnerTable table, Handovers handovers, RunnerDesk desk, CancellationToken ct)
    {
        if (!await table.RemoveAsync(name, ct)) return NotFound(name);
        desk.Dismiss(name);
        foreach (var held in handovers.Of(name)) await held.EndAsync(HandoverEnd.GivenBack);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult NotFound(string name)
        => AuxoProblem.NotFound(
            "runner/not-found", $"There is no runner {Checks.Files.PlainText.OneLine(name, 60)}; 'auxo runners' lists them.");
}
