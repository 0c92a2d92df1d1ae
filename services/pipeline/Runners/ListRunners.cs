using Auxo.Pipeline.Runners.Leases;
using Auxo.Pipeline.Runners.Placing;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Runners;

/// <summary>Another machine that runs steps.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">
/// <c>online</c>; <c>paused</c> and <c>draining</c> as an administrator said; <c>offline</c> when it was not heard for two minutes;
/// <c>new</c> when it never was.
/// </param>
/// <param name="Labels">What it has, its system and processor included.</param>
/// <param name="Reserved">It takes only builds that ask for labels.</param>
/// <param name="Strangers">It takes builds of authors who are not trusted.</param>
/// <param name="Capacity">How many builds it takes at once.</param>
/// <param name="Builds">Those that it has now.</param>
/// <param name="SeenAt">When it was heard last; null for never.</param>
/// <param name="Sandbox">What holds steps in there.</param>
/// <param name="Version">Of its program.</param>
/// <param name="ChangedBy">Who gave it its labels or its state last.</param>
/// <param name="ChangedAt">When.</param>
public sealed record RunnerResponse(
    string Name, string State, IReadOnlyList<string> Labels, bool Reserved, bool Strangers, int Capacity, IReadOnlyList<Guid> Builds,
    DateTimeOffset? SeenAt, string Sandbox, string Version, string ChangedBy, DateTimeOffset ChangedAt)
{
    /// <summary>One that was not heard for so long is taken to be away. It asks every twenty seconds at the latest.</summary>
    internal static readonly TimeSpan Away = TimeSpan.FromMinutes(2);

    internal static RunnerResponse Of(Runner runner, IReadOnlyList<Guid> builds, DateTimeOffset now)
        => new(
            runner.Name,
            runner.State != RunnerState.Active ? runner.State.ToString().ToLowerInvariant()
                : runner.SeenAt is not { } seen ? "new"
                : now - seen > Away ? "offline"
                : "online",
            [.. runner.Labels.Union(runner.Given, StringComparer.Ordinal)], runner.IsReserved, runner.TakesStrangers, runner.Capacity,
            builds, runner.SeenAt, runner.Sandbox, runner.Version, runner.ChangedBy, runner.ChangedAt);
}

/// <summary>The main machine and the runners.</summary>
/// <param name="Main">The labels of the machine that Auxo itself runs on.</param>
/// <param name="Capacity">How many builds that takes at once.</param>
/// <param name="Items">The runners, by name.</param>
public sealed record RunnerPage(IReadOnlyList<string> Main, int Capacity, IReadOnlyList<RunnerResponse> Items);

/// <summary><c>GET /runners</c>: the other machines that run steps, and how they are.</summary>
public static class ListRunners
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/runners", HandleAsync).WithName("ListRunners").RequireScope("pipeline:read");

    private static async Task<Ok<RunnerPage>> HandleAsync(
        RunnerTable table, Handovers handovers, Machine here, TimeProvider time, CancellationToken ct)
        => TypedResults.Ok(new RunnerPage(here.Labels, here.Room, [.. (await table.ListAsync(ct)).Select(runner => RunnerResponse.Of(
            runner, [.. handovers.Of(runner.Name).Select(static held => held.Row.BuildId)], time.GetUtcNow()))]));
}
