using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.Runners.Leases;
using Auxo.Pipeline.Runners.Placing;
using Auxo.Pipeline.StepSecrets;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>
/// <c>POST /runner/{runner}/work</c>: waits for a build whose steps this runner may run, some seconds long. What it was given and does not
/// hold, since an answer was lost on the way, it gets again.
/// </summary>
internal static class AskForWork
{
    /// <summary>How long a question waits for its answer.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    /// <summary>How long one waits that gets no work: it hears of the end of a pause so soon.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);

    private const int MostRoom = 1000;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/work", HandleAsync).WithName("AskForWork");

    private static async Task<IResult> HandleAsync(
        string runner, HttpContext http, RunnerTable table, RunnerDesk desk, Handovers handovers, ReadBuildSecrets readSecrets,
        BuildRegistry registry, LeaseSettings settings, TimeProvider time, IHostApplicationLifetime life, CancellationToken ct)
    {
        var asked = await http.Request.ReadAsync(RunnerInputJson.Default.WorkQuestion, ct);
        IReadOnlyList<string> given = [.. asked.Given.Where(RunnerLabels.Given.Contains).Distinct(StringComparer.Ordinal)];
        var known = await table.SeenAsync(
            runner, given, Math.Clamp(asked.Capacity, 0, MostRoom), PlainText.OneLine(asked.Sandbox, 200),
            PlainText.OneLine(asked.Version, 40), time.GetUtcNow(), ct);
        if (known is null) return Unknown(runner);

        // A process that has begun anew has nothing of what the last one had.
        foreach (var theirs in handovers.Of(runner).Where(held => held.Row.Session != asked.Session))
            await theirs.EndAsync(HandoverEnd.Lost);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, life.ApplicationStopping);
        var missed = handovers.Of(runner).FirstOrDefault(held => !asked.Holding.Contains(held.Row.BuildId));
        if (missed is not null && known.State != RunnerState.Active)
        {
            // It has not begun, and shall begin nothing any more.
            await missed.EndAsync(HandoverEnd.NotTaken);
            missed = null;
        }

        if (missed is null && (known.State != RunnerState.Active || asked.Room <= 0))
        {
            // One without room only says that it is there; one that is drained wants to hear of it, to end.
            if (known.State == RunnerState.Paused || known.State == RunnerState.Draining && asked.Holding.Count > 0)
                await PauseAsync(Idle, time, end.Token);
            return Answer(known.State, null);
        }

        var machine = new Machine(
            runner, [.. known.Labels.Union(given, StringComparer.Ordinal)], known.IsReserved, known.TakesStrangers,
            Math.Min(asked.Room, MostRoom));
        var handover = missed ?? await desk.WaitAsync(new Asker(machine, asked.Session, known.Sandbox), Wait, end.Token);
        if (handover is not null && !await handover.IsTakenUpAsync(end.Token)) handover = null;
        // What an administrator said while it waited counts, also when a build was being given to it at that moment.
        var now = await table.FindAsync(runner, ct);
        if (now is null || now.State != known.State || now.ChangedAt != known.ChangedAt)
        {
            if (handover is not null) await handover.EndAsync(HandoverEnd.NotTaken);
            return now is null ? Unknown(runner) : Answer(now.State, null);
        }

        if (handover is null) return Answer(known.State, null);
        return Answer(known.State, await OrderAsync(handover, readSecrets, registry, settings, ct));
    }

    private static async Task<WorkOrder> OrderAsync(
        Handover handover, ReadBuildSecrets readSecrets, BuildRegistry registry, LeaseSettings settings, CancellationToken ct)
    {
        var build = handover.Build!;
        var secrets = await readSecrets(build, ct);
        var refusals = build.Plan.Steps.Select(step => (step.Name, Why: secrets.Refuse(step))).Where(static pair => pair.Why is not null)
            .ToDictionary(static pair => pair.Name, static pair => pair.Why!, StringComparer.Ordinal);
        var done = build.Results.Select(static result => result.Step).ToHashSet(StringComparer.Ordinal);
        var lengths = build.Plan.Steps.Select(static step => step.Name)
            .Where(step => !done.Contains(step) || handover.Again.Contains(step, StringComparer.Ordinal))
            .ToDictionary(static step => step, handover.Logs.LengthOf, StringComparer.Ordinal);
        // It renews nothing, as calls with the lease do: else a runner that cannot read it keeps the build.
        return new WorkOrder(
            handover.Row.Lease!.Value, settings.Lease.TotalSeconds, build, handover.Row.Last, secrets.Values, refusals, lengths)
        {
            Registry = OrderedRegistry.Of(registry.For(build)),
        };
    }

    private static ProblemHttpResult Unknown(string runner)
        => AuxoProblem.NotFound("runner/unknown", $"There is no runner {runner} any more; 'auxo runner token' makes one.");

    private static IResult Answer(RunnerState state, WorkOrder? order)
        => Results.Json(new WorkAnswer(state, order), RunnerJson.Default.WorkAnswer);

    private static async Task PauseAsync(TimeSpan pause, TimeProvider time, CancellationToken ct)
        => await Task.Delay(pause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
