using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Patches.Proposing;

namespace Auxo.Cli.Patches.Waiting;

/// <summary>The build that a push brings about.</summary>
internal static class BuildOfPush
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Waits until Auxo has seen the push and queued its build.</summary>
    /// <exception cref="CliException">Auxo is away, does not follow the repository, or does not build it.</exception>
    public static async Task<Build> FindAsync(Session session, PushedPatch pushed, CancellationToken ct)
    {
        var (clients, time) = (session.Clients, session.Terminal.Time);
        await RequireTrackedAsync(clients, pushed, ct);
        // Auxo hears of it by the node; to be told as well spares the waiting where the node is stopped or the hook is not set.
        await Attempt.OfAsync("ingest", async () =>
        {
            await clients.Ingest.SweepAsync(pushed.Rid.Value, ct);
            return true;
        });
        var end = time.GetTimestamp() + (long)(Patience.TotalSeconds * time.TimestampFrequency);
        while (true)
        {
            var builds = await clients.Pipeline.BuildsAsync(
                pushed.Rid.Value, pushed.PatchId.Value, pushed.Head.Value, limit: 1, after: null, ct);
            if (builds.Items is [var build, ..]) return build;
            if (await WhyNotAsync(clients, pushed, ct) is { } reason)
                throw new CliException(
                    ExitCode.Negative, $"Auxo does not build it: {reason}", "'auxo status' shows what is built and what is not.");
            if (time.GetTimestamp() > end)
                throw new CliException(
                    ExitCode.Unreachable, $"Auxo has queued no build within {Duration.Of(Patience.TotalSeconds)}.",
                    "'auxo status' says why.");
            await Task.Delay(Pause, time, ct);
        }
    }

    private static async Task RequireTrackedAsync(Clients clients, PushedPatch pushed, CancellationToken ct)
    {
        if ((await clients.Ingest.RepositoriesAsync(ct)).Items.Any(r => r.Rid == pushed.Rid.Value)) return;
        throw new CliException(
            ExitCode.Negative, $"Auxo does not follow {pushed.Rid}.", $"Let it: auxo repo track {pushed.Rid}");
    }

    /// <summary>Why the commit has no build and gets none; null while that is open.</summary>
    private static async Task<string?> WhyNotAsync(Clients clients, PushedPatch pushed, CancellationToken ct)
        => (await clients.Ingest.RefsAsync(pushed.Rid.Value, ct)).Items
            .FirstOrDefault(r => r.Kind == "patch" && r.Name == pushed.PatchId.Value && r.Commit == pushed.Head.Value)
                is { Fact: null, Reason: { } reason } && !reason.Contains("(yet)", StringComparison.Ordinal) ? reason : null;
}
