using Auxo.Api;
using Auxo.Cli.Instances;

namespace Auxo.Cli.Adapter;

/// <summary>Follows the build of what the broker asked for, through restarts of Auxo.</summary>
internal sealed class AdapterRun(CliHost host, BrokerRequest request) : IDisposable
{
    /// <summary>Whoever is away for longer does not just start again, and the broker has other runs waiting.</summary>
    private static readonly TimeSpan Away = TimeSpan.FromMinutes(10);

    /// <summary>So long Auxo may need to see the push that the broker has seen already.</summary>
    private static readonly TimeSpan Unseen = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan AwayPause = TimeSpan.FromSeconds(2);
    private Clients? _clients;
    private string? _said;

    /// <summary>An Auxo that has started again may listen elsewhere.</summary>
    private Clients Clients => _clients ??= new Clients(Instance.Find(host));

    /// <summary>Waits for the verdict; true when it is a pass.</summary>
    /// <exception cref="CliException">Auxo does not build it, and says why.</exception>
    public async Task<bool> PassedAsync(CancellationToken ct)
    {
        var (time, isAsked) = (host.Time, false);
        var (unseen, heard) = (time.GetTimestamp(), time.GetTimestamp());
        while (true)
        {
            try
            {
                if (!isAsked)
                {
                    await Clients.Ingest.SweepAsync(request.Rid.Value, ct);
                    (isAsked, unseen) = (true, time.GetTimestamp());
                }

                var found = await FindAsync(ct);
                heard = time.GetTimestamp();
                switch (found)
                {
                    case { IsFinished: true } build:
                        await SayAsync($"build {build.Short}: {build.Outcome}{(build.Reason is { } reason ? $", {reason}" : "")}");
                        return build.Outcome == "passed";
                    case { State: "awaiting_approval" } build:
                        // The broker runs one at a time: nobody else shall wait for a person.
                        throw new CliException(
                            ExitCode.Negative, $"build {build.Short} waits for a delegate's approval.", $"auxo ci approve {build.Short}");
                    case { } build:
                        await SayAsync($"build {build.Short}: {build.State}");
                        break;
                    case null when time.GetElapsedTime(unseen) > Unseen:
                        throw new CliException(
                            ExitCode.Negative, $"Auxo does not build {request.Commit.Short}: {await WhyAsync(ct)}.");
                    default:
                        break;
                }

                await Task.Delay(Pause, time, ct);
            }
            catch (CliException e) when (e.Code == ExitCode.Unreachable && time.GetElapsedTime(heard) < Away)
            {
                Dispose();
                // It may be starting again; what it had begun goes on then.
                await SayAsync(e.Message);
                await Task.Delay(AwayPause, time, ct);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clients?.Dispose();
        _clients = null;
    }

    /// <summary>The newest build of the commit for this patch or branch: one that was run again counts instead of the first.</summary>
    private async Task<Build?> FindAsync(CancellationToken ct)
    {
        var builds = await Clients.Pipeline.BuildsAsync(
            request.Rid.Value, request.Patch?.Value, request.Commit.Value, limit: 20, after: null, ct, scans: false);
        return builds.Items.FirstOrDefault(build
            => build.Schedule is null && (request.Patch is null ? build.PatchId is null && build.Ref == request.Ref : true));
    }

    private async Task<string> WhyAsync(CancellationToken ct)
        => (await Clients.Ingest.RefsAsync(request.Rid.Value, ct)).Items
            .FirstOrDefault(tip => tip.Commit == request.Commit.Value)?.Reason
            ?? $"it sees no patch and no branch that it follows there ('auxo status' shows what it sees)";

    private async Task SayAsync(string line)
    {
        if (line == _said) return;
        _said = line;
        await host.StandardError.WriteLineAsync($"auxo-adapter: {line}");
    }
}
