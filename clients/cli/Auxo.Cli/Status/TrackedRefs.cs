using Auxo.Api;

namespace Auxo.Cli.Status;

/// <summary>A tip of a tracked repository, its build, or the reason why it has none.</summary>
internal sealed record TrackedRef(string Rid, string Repository, string Kind, string Name, string? Title,
    string? Commit, DateTimeOffset? SeenAt, TrackedBuild? Build, string? Reason);

/// <summary>The newest build of a tip.</summary>
internal sealed record TrackedBuild(string Id, string State, string? Outcome, string? Reason);

/// <summary>All tips of all tracked repositories.</summary>
/// <param name="Refs">The tips.</param>
/// <param name="Problems">Which repositories cannot be read, and why.</param>
internal sealed record TrackedTips(IReadOnlyList<TrackedRef> Refs, IReadOnlyList<string> Problems);

/// <summary>Brings together what ingest saw and what the pipeline made of it.</summary>
internal static class TrackedRefs
{
    public static Task<Attempt<TrackedTips>> ReadAsync(Clients clients, CancellationToken ct)
        => Attempt.OfAsync("refs", async () =>
        {
            var all = new List<TrackedRef>();
            IReadOnlyList<DeadLetter>? letters = null;
            var repositories = (await clients.Ingest.RepositoriesAsync(ct)).Items;
            foreach (var repository in repositories)
            {
                var refs = (await clients.Ingest.RefsAsync(repository.Rid, ct)).Items;
                var builds =
                    (await clients.Pipeline.BuildsAsync(
                        repository.Rid, patch: null, commit: null, limit: 200, after: null, ct, scans: false)).Items;
                foreach (var tip in refs)
                {
                    var build = builds.FirstOrDefault(b => IsOf(tip, b)) ?? await OlderAsync(clients, repository, tip, ct);
                    if (build is null && tip.Fact is not null) letters ??= await LettersAsync(clients, ct);
                    all.Add(Match(repository, tip, build, letters?.FirstOrDefault(l => IsOf(repository, tip, l))));
                }
            }

            return new TrackedTips(
                all, [.. repositories.Where(static r => r.Problem is not null).Select(static r => $"{r.Name}: {r.Problem}")]);
        });

    /// <summary>The tip's build, or why there is none: its fact has not reached the pipeline yet, or could not be handled there.</summary>
    internal static TrackedRef Match(Repository repository, RefInfo tip, Build? build, DeadLetter? letter)
        => new(
            repository.Rid, repository.Name, tip.Kind, tip.Name, tip.Title, tip.Commit, tip.SeenAt,
            build is null ? null : new TrackedBuild(build.Id, build.State, build.Outcome, build.Reason),
            build is not null
                ? null
                : tip.Fact is null ? tip.Reason ?? "ingest recorded no fact and does not say why"
                : letter is null ? $"{tip.Fact} is on its way to the pipeline"
                : $"{tip.Fact} is a dead letter of the pipeline: {(letter.Detail ?? letter.Reason).TrimEnd('.')}. Once the cause is gone: "
                    + $"auxo dead-letters replay {letter.Id}");

    private static async Task<IReadOnlyList<DeadLetter>> LettersAsync(Clients clients, CancellationToken ct)
        => (await Attempt.OfAsync("pipeline", () => clients.Messaging("pipeline").DeadLettersAsync(ct))).Value?.Items ?? [];

    /// <summary>Beyond the newest 200 the pipeline is asked for the commit itself.</summary>
    private static async Task<Build?> OlderAsync(Clients clients, Repository repository, RefInfo tip, CancellationToken ct)
        => tip.Fact is null || tip.Commit is null ? null
            : (await clients.Pipeline.BuildsAsync(repository.Rid, patch: null, tip.Commit, limit: 20, after: null, ct, scans: false))
                .Items.FirstOrDefault(b => IsOf(tip, b));

    private static bool IsOf(Repository repository, RefInfo tip, DeadLetter letter)
        => letter.MessageType == tip.Fact
            && letter.Body is { } body && body.Contains($"\"{repository.Rid}\"", StringComparison.Ordinal)
            && (tip.Kind == "patch"
                ? body.Contains($"\"{tip.Name}\"", StringComparison.Ordinal)
                    && body.Contains($"\"head\":\"{tip.Commit}\"", StringComparison.Ordinal)
                : body.Contains($"\"new\":\"{tip.Commit}\"", StringComparison.Ordinal));

    private static bool IsOf(RefInfo tip, Build build)
        => tip.Commit is not null && build.Commit == tip.Commit
            && (tip.Kind == "patch" ? build.PatchId == tip.Name : build.PatchId is null);
}
