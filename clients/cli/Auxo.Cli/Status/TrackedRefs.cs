using Auxo.Cli.Api;

namespace Auxo.Cli.Status;

/// <summary>A tip of a tracked repository, its build, or the reason why it has none.</summary>
internal sealed record TrackedRef(string Rid, string Repository, string Kind, string Name, string? Title,
    string Commit, DateTimeOffset? SeenAt, TrackedBuild? Build, string? Reason);

/// <summary>The newest build of a tip.</summary>
internal sealed record TrackedBuild(string Id, string State, string? Outcome, string? Reason);

/// <summary>Brings together what ingest saw and what the pipeline made of it.</summary>
internal static class TrackedRefs
{
    public static Task<Attempt<IReadOnlyList<TrackedRef>>> ReadAsync(Clients clients, CancellationToken ct)
        => Attempt.OfAsync<IReadOnlyList<TrackedRef>>("refs", async () =>
        {
            var all = new List<TrackedRef>();
            foreach (var repository in (await clients.Ingest.RepositoriesAsync(ct)).Items)
            {
                var refs = (await clients.Ingest.RefsAsync(repository.Rid, ct)).Items;
                var builds =
                    (await clients.Pipeline.BuildsAsync(repository.Rid, patch: null, commit: null, limit: 200, after: null, ct)).Items;
                foreach (var tip in refs) all.Add(
                    Match(repository, tip, builds.FirstOrDefault(b => IsOf(tip, b)) ?? await OlderAsync(clients, repository, tip, ct)));
            }

            return all;
        });

    /// <summary>The tip's build, or why there is none. A fact without a build has not reached the pipeline yet.</summary>
    internal static TrackedRef Match(Repository repository, RefInfo tip, Build? build)
        => new(
            repository.Rid, repository.Name, tip.Kind, tip.Name, tip.Title, tip.Commit, tip.SeenAt,
            build is null ? null : new TrackedBuild(build.Id, build.State, build.Outcome, build.Reason),
            build is not null
                ? null
                : tip.Fact is null ? tip.Reason ?? "ingest recorded no fact and does not say why"
                : $"{tip.Fact} is on its way to the pipeline");

    /// <summary>Beyond the newest 200 the pipeline is asked for the commit itself.</summary>
    private static async Task<Build?> OlderAsync(Clients clients, Repository repository, RefInfo tip, CancellationToken ct)
        => tip.Fact is null ? null
            : (await clients.Pipeline.BuildsAsync(repository.Rid, patch: null, tip.Commit, limit: 20, after: null, ct))
                .Items.FirstOrDefault(b => IsOf(tip, b));

    private static bool IsOf(RefInfo tip, Build build)
        => build.Commit == tip.Commit && (tip.Kind == "patch" ? build.PatchId == tip.Name : build.PatchId is null);
}
