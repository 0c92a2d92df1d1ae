using System.Text.Json;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Ingest.Listening;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;

namespace Auxo.Ingest.Standing;

/// <summary>
/// Tells metrics how each repository stands on its node and among its branches: at once when something of it changed since the last
/// look, and daily. What was told is remembered by this process alone, so a restart tells everything again, which changes nothing.
/// </summary>
public sealed partial class ObserveStanding(
    KnownRepositories known, NodeWatch node, Observer observer, RepositoryFolders folders, Outbox outbox, TimeProvider time,
    ILogger<ObserveStanding> logger)
{
    private static readonly TimeSpan Daily = TimeSpan.FromHours(24);
    private readonly Dictionary<Rid, (string Told, NodeStanding? Node, DateTimeOffset At)> _told = [];

    /// <summary>Looks at all tracked repositories.</summary>
    /// <returns>How many were told of.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var tracked = await known.TrackedAsync(ct);
        var look = await NodeLook.TakeAsync(node.Home, time, ct);
        foreach (var gone in _told.Keys.Except(tracked.Select(static r => r.Rid)).ToList()) _told.Remove(gone);
        var told = 0;
        foreach (var repository in tracked)
        {
            if (await TryAsync(repository, look, ct) is not { } standing || !IsNews(standing, out var text)) continue;
            await using var work = outbox.Open();
            await work.PublishAsync(standing);
            await work.SaveChangesAsync(ct);
            _told[standing.Rid] = (text, standing.Node, standing.At);
            told++;
        }

        return told;
    }

    private bool IsNews(StandingObserved standing, out string text)
    {
        text = JsonSerializer.Serialize(standing with { At = default }, ContractsJson.Default.StandingObserved);
        return !_told.TryGetValue(standing.Rid, out var last) || last.Told != text || standing.At - last.At >= Daily
            || standing.At < last.At;
    }

    /// <summary>Null when it cannot be read now: the scan says why, and what was told before holds.</summary>
    private async Task<StandingObserved?> TryAsync(Repository repository, NodeLook look, CancellationToken ct)
    {
        try
        {
            return await OfAsync(repository, look, ct);
        }
        catch (Exception e) when (e is GitException or CobFormatException or NotRadicleException or NodeException or IOException
            or UnauthorizedAccessException)
        {
            Log.Unreadable(logger, repository.Rid, e.Message);
            return null;
        }
    }

    private async Task<StandingObserved> OfAsync(Repository repository, NodeLook look, CancellationToken ct)
    {
        var (folder, now) = (folders.FolderOf(repository.Source), time.GetUtcNow());
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{folder} is gone.");
        if (repository.Kind != RepositoryKind.Radicle)
        {
            var loose = await LooseBranches.ReadAsync(folder, repository.DefaultBranch, ct);
            var denied = await GitCommand.AskAsync(folder, ct, "config", "--type=bool", "--get", "receive.denyNonFastForwards");
            return new StandingObserved(repository.Rid, repository.Name, null, loose.First, loose.Count, denied != "true", now);
        }

        return await observer.UseAsync(repository.Rid, folder, async radicle =>
        {
            var identity = await radicle.ReadIdentityAsync(ct);
            var loose = await LooseBranches.ReadAsync(radicle, repository, ct);
            var before = _told.GetValueOrDefault(repository.Rid).Node?.BehindSince;
            // The canonical branch is what a threshold of delegates has signed: no push of one person moves it against that.
            return new StandingObserved(
                repository.Rid, repository.Name, await look.OfAsync(repository, identity, before, now, ct), loose.First, loose.Count,
                ForcedHead: identity.Threshold < 1, now);
        }, ct);
    }

    private static partial class Log
    {
        [LoggerMessage(130, LogLevel.Debug, "How {Rid} stands cannot be seen: {Reason}")]
        public static partial void Unreadable(ILogger logger, Rid rid, string reason);
    }
}
