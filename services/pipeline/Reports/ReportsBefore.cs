using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Reports;

/// <summary>What the same step said in other builds: of the default branch, and of the same commit.</summary>
/// <param name="Coverage">Of the default branch's newest passed build that measured it; null when none did.</param>
/// <param name="DefaultBranch">Its newest build that reported tests; null when none did.</param>
/// <param name="SameCommit">Earlier builds of this commit that reported tests.</param>
internal sealed record ReportsBefore(LineCount? Coverage, StepTests? DefaultBranch, IReadOnlyList<StepTests> SameCommit)
{
    /// <summary>The newest builds of the default branch that reported tests, the newest first.</summary>
    public IReadOnlyList<StepTests> Newest { get; init; } = [];

    /// <summary>Nothing is known.</summary>
    public static readonly ReportsBefore Nothing = new(null, null, []);

    private const int MaxBuilds = 10;

    /// <summary>True when this failure stands in the default branch.</summary>
    public bool FailsOnDefaultBranch(string key) => DefaultBranch is not null && Failed(DefaultBranch, key);

    /// <summary>True when it failed in another build of this commit.</summary>
    public bool FailedHere(string key) => SameCommit.Any(tests => Failed(tests, key));

    /// <summary>True when another build of this commit reported tests and all of its failures are known, without this one.</summary>
    public bool PassedHere(string key)
        => SameCommit.Any(tests => tests.Total > 0 && tests.Failed == tests.Failures.Count && !Failed(tests, key));

    /// <summary>True when it failed in none of the newest builds of the default branch, and there are so many.</summary>
    public bool PassedInNewest(string key, int builds)
        => Newest.Count >= builds
            && Newest.Take(builds).All(tests => tests.Failed == tests.Failures.Count && !Failed(tests, key));

    /// <summary>Reads them.</summary>
    public static async Task<ReportsBefore> ReadAsync(
        IDocumentStore store, NpgsqlDataSource database, Build build, string step, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            (select build_id from pipeline.builds
             where rid = $1 and trigger = 'Branch' and state = 'done' and build_id <> $3 order by queued_at desc limit $4)
            union
            (select build_id from pipeline.builds
             where rid = $1 and commit_id = $2 and state = 'done' and build_id <> $3 order by queued_at desc limit $4)
            """).With(build.Subject.Rid.Value, build.Subject.Commit.Value, build.BuildId, MaxBuilds);
        var ids = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct)) ids.Add(Build.StreamKey(reader.GetGuid(0)));
        }

        if (ids.Count == 0) return Nothing;
        await using var session = store.QuerySession();
        return Of([.. (await session.LoadManyAsync<Build>(ct, ids)).OrderByDescending(static other => other.QueuedAt)], build, step);
    }

    /// <summary>Chooses.</summary>
    /// <param name="others">Newest first.</param>
    /// <param name="build">This one.</param>
    /// <param name="step">Its step.</param>
    public static ReportsBefore Of(IReadOnlyList<Build> others, Build build, string step)
    {
        var main = others.Where(static other => other.Subject.Trigger == BuildTrigger.Branch && other.Canonical == other.Subject.Commit
            && other.Subject.PatchId is null).ToList();
        var tests = main.Where(other => other.Subject.Commit != build.Subject.Commit).SelectMany(static other => other.Tests)
            .Where(tests => tests.Step == step).ToList();
        return new ReportsBefore(
            main.Where(static other => other.Outcome == Outcome.Passed).SelectMany(static other => other.Coverage)
                .FirstOrDefault(coverage => coverage.Step == step && coverage.Lines.Total > 0)?.Lines,
            tests.FirstOrDefault(),
            [.. others.Where(other => other.Subject.Commit == build.Subject.Commit).SelectMany(static other => other.Tests)
                .Where(tests => tests.Step == step)]) { Newest = tests };
    }

    private static bool Failed(StepTests tests, string key) => tests.Failures.Any(test => test.Key == key);
}
