using Auxo.Contracts;

namespace Auxo.Notify.Tests;

/// <summary>Messages as the other services send them.</summary>
internal static class Told
{
    public static readonly Rid Rid = Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");
    public static readonly PatchId Patch = PatchId.Parse("1a2b3c4d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4");
    public static readonly CommitId Commit = CommitId.Parse("8fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c");
    public static readonly Did Author = Did.Parse("did:key:z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT");
    public static readonly DateTimeOffset At = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static BuildFinished Build(Outcome outcome = Outcome.Failed, string title = "Fix the handshake",
        string repository = "heartwood", int steps = 2, int findings = 1, string? url = null, int attempt = 1)
        => new(
            new BuildSubject(
                BuildId.For(Rid, Commit, BuildTrigger.Patch, Patch.Value, attempt), Rid, repository,
                BuildTrigger.Patch, Patch, RevisionId.Parse(Patch.Value), $"patches/{Patch}", Commit, title, Author),
            outcome, null,
            [.. Enumerable.Range(1, steps)
                .Select(i => new StepResult(
                    $"step {i}", "check", i == 1 ? outcome : Outcome.Passed, true, TimeSpan.FromSeconds(i), null, "1 error"))],
            [.. Enumerable.Range(1, findings).Select(i
                => new Finding("shellcheck", "SC2086", Severity.Medium, "scripts/deploy.sh", i, "Double quote to prevent globbing", true))],
            [], At.AddSeconds(-20), At.AddSeconds(-13.5), At, url);

    public static PatchOpened Opened(string title = "Fix the handshake")
        => new(Rid, "heartwood", Revision(title), RepositoryLocator.OfFolder("/storage"), At.AddDays(-1), At, At);

    public static PatchRevised Revised()
        => new(Rid, "heartwood", Revision("Fix the handshake, again"), RepositoryLocator.OfFolder("/storage"), At.AddDays(-1), At, At);

    public static PatchMerged Merged() => new(Rid, Patch, RevisionId.Parse(Patch.Value), Commit, Author, At, At);

    private static PatchRevision Revision(string title)
        => new(Patch, RevisionId.Parse(Patch.Value), Author, "alice", Trust.Trusted, title,
            CommitId.Parse(new string('b', 40)), Commit, null, false);
}
