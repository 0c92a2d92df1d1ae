using System.Diagnostics;

using Auxo.Contracts;
using Auxo.Pipeline.Baselines;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Security;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using Npgsql;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;
using static Auxo.Pipeline.Tests.Findings.FollowedBranch;

namespace Auxo.Pipeline.Tests.Findings;

/// <summary>Rows of findings on a real PostgreSQL.</summary>
public sealed class FindingsTableTests(PostgresFixture postgres, ITestOutputHelper output) : IAsyncLifetime
{
    private NpgsqlDataSource _database = null!;

    public async ValueTask InitializeAsync()
    {
        var connection = await postgres.CreateDatabaseAsync();
        await SchemaMigration.ApplyAsync(Configuration.Model, connection, CancellationToken.None);
        _database = NpgsqlDataSource.Create(connection);
    }

    [Fact]
    public async Task all_of_a_finding_is_stored_and_read_again()
    {
        var row = new TrackedFinding
        {
            Rid = Repository.Value, Id = "0123456789abcdef", CheckName = "shellcheck", Rule = "SC1", Path = "a \"b\"/ü.sh",
            Content = "=x", Blob = "b1", Line = 3, Severity = Severity.Critical, Message = "it's \\ so", WasThere = true,
            OpenedAt = Now, OpenedCommit = CommitOf(1).Value, OpenedBuild = BuildIdOf(1), OpenedBy = "Alice", OpenSince = Now.AddDays(2),
            Reopenings = 1, ReopenedCommit = CommitOf(3).Value, ReopenedBuild = BuildIdOf(3), ReopenedBy = "Bob", IsFixed = true,
            FixedAt = Now.AddDays(3), FixedCommit = CommitOf(4).Value, FixedBuild = BuildIdOf(4), FixedBy = "Carol",
            FixedHow = FindingEnd.SeenOtherwise, AcceptedUntil = new DateOnly(2027, 1, 31), AcceptedBy = "Dan", AcceptedReason = "no",
            FalseAlarm = true,
        };
        await WriteAsync([row]);
        Assert.Equal([row], await AllAsync());
        var other = row with { Path = "", Line = null, IsFixed = false, FixedHow = null, AcceptedUntil = null, ReopenedBy = null };
        await WriteAsync([other]);
        Assert.Equal([other], await AllAsync());
        await WriteAsync([other, other with { Id = "1123456789abcdef", Path = "z.sh" }]);
        Assert.Equal([other], await FindingsTable.OpenInAsync(_database, Repository, ["b.sh"], TestContext.Current.CancellationToken));
    }

    /// <summary>More than one statement holds. 100,000 is what is followed at most.</summary>
    [Theory]
    [InlineData(12_000)]
    public async Task many_findings_are_moved_as_few_are(int count)
    {
        var ct = TestContext.Current.CancellationToken;
        var began = Stopwatch.GetTimestamp();
        var look = Look(1, count);
        await using (var stage = FindingsTable.Stage(_database, look)) await stage.ExecuteNonQueryAsync(ct);
        Say($"staged {count}");
        var first = MoveFindings.Decide(null, [], (await FindingsTable.StagedAsync(_database, look.BuildId, ct))!, Now)!;
        await WriteAsync(first.Rows);
        Say("the first look's end");
        Assert.Equal((count, count), (first.Event.Opened, (await AllAsync()).Count));

        began = Stopwatch.GetTimestamp();
        var next = Look(2, count) with { Touched = [new TouchedFiles(["shellcheck"], ["f1.sh"])] };
        next = next with { Findings = [.. next.Findings.Skip(1)] };
        await using (var stage = FindingsTable.Stage(_database, next)) await stage.ExecuteNonQueryAsync(ct);
        Say("staged again");
        var second = MoveFindings.Decide(
            FindingsRecord.Create(first.Event), await AllAsync(), (await FindingsTable.StagedAsync(_database, next.BuildId, ct))!, Now)!;
        await WriteAsync(second.Rows);
        Say("the second look's end, of which one is fixed");
        Assert.Equal((0, 1, count - 1), (second.Event.Opened, second.Event.Fixed, second.Event.Open));
        Assert.Single(second.Rows);

        began = Stopwatch.GetTimestamp();
        var today = DateOnly.FromDateTime(Now.UtcDateTime);
        var group = Assert.Single(await SecurityTable.GroupsAsync(_database, Repository, today, ct));
        Say("counted in groups");
        Assert.Equal(count - 1, group.Count);
        await using (var rename = _database.CreateCommand("update pipeline.findings set check_name = 'sast', severity = 3"))
            await rename.ExecuteNonQueryAsync(ct);
        began = Stopwatch.GetTimestamp();
        var measure = new MeasureSecurity(await SecurityTable.LivesAsync(_database, Repository, today, ct), DueDates.Usual, Now);
        Say("lives read");
        Assert.Equal(count - 1, measure.Days(365)[^1].High);
        Assert.Equal(count - 1, measure.ByOwner(static _ => ["@alice"])[0].Open);
        Say("and measured");

        void Say(string what) => output.WriteLine($"{what}: {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
    }

    /// <summary>What is counted of rows at hand and what the database counts is the same.</summary>
    [Fact]
    public async Task findings_are_counted_alike_in_memory_and_in_the_database()
    {
        var (ct, today) = (TestContext.Current.CancellationToken, DateOnly.FromDateTime(Now.UtcDateTime));
        var first = MoveFindings.Decide(null, [], Look(1, 40), Now)!.Rows[0];
        var rows = Enumerable.Range(0, 200).Select(i => first with
        {
            Id = $"{i:x16}", CheckName = i % 3 == 0 ? "sast" : "secrets", Severity = (Severity)(i % 5), OpenSince = Now.AddHours(-13 * i),
            IsFixed = i % 7 == 0, AcceptedBy = i % 4 == 0 ? "alice" : null, AcceptedReason = "so", FalseAlarm = i % 8 == 0,
            AcceptedUntil = (i % 12) switch { 0 => null, 4 => today, _ => today.AddDays(-1) }, FixedAt = i % 7 == 0 ? Now : null,
        }).ToList();
        await WriteAsync(rows);
        var groups = await SecurityTable.GroupsAsync(_database, Repository, today, ct);
        Assert.Equal(
            CountFindings.Counts(CountFindings.Groups(rows, today), DueDates.Usual, today),
            CountFindings.Counts(groups, DueDates.Usual, today));
        Assert.True(groups.Select(static group => group.State).Distinct().Count() == 3);
        var lives = await SecurityTable.LivesAsync(_database, Repository, today, ct);
        Assert.Equal(
            rows.OrderBy(static row => row.Id, StringComparer.Ordinal).Select(row => (row.Id, row.On(today))),
            lives.OrderBy(static life => life.Id, StringComparer.Ordinal).Select(static life => (life.Id, life.State)));
    }

    [Fact]
    public async Task fixed_findings_are_forgotten_after_a_year()
    {
        var branch = new FollowedBranch();
        branch.Build("a.sh:x a.sh:y");
        branch.Build("a.sh:y");
        await WriteAsync([.. branch.Rows]);
        await RunAsync(FindingsTable.Trim(Repository, Now.AddDays(FindingsTable.FixedDays)));
        Assert.Equal(2, (await AllAsync()).Count);
        await RunAsync(FindingsTable.Trim(Repository, Now.AddDays(FindingsTable.FixedDays + 1)));
        Assert.Equal("y", Assert.Single(await AllAsync()).Content);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static FindingLook Look(int build, int count)
        => new(
            BuildIdOf(build), Repository, CommitOf(build), Now.AddHours(build), "Alice", ["shellcheck"], [],
            [.. Enumerable.Range(0, count).Select(static i => new SeenFinding(
                new Fingerprint("shellcheck", "SC2086", $"f{i / 10}.sh", $"{i:x16}"), $"{i / 10:x40}", i, Severity.Low,
                "Double quote to prevent globbing and word splitting."))]);

    private Task<IReadOnlyList<TrackedFinding>> AllAsync()
        => FindingsTable.AllAsync(_database, Repository, TestContext.Current.CancellationToken);

    private Task WriteAsync(IReadOnlyList<TrackedFinding> rows) => RunAsync([.. FindingsTable.Write(rows)]);

    private async Task RunAsync(params NpgsqlBatchCommand[] commands)
    {
        await using var batch = _database.CreateBatch();
        foreach (var command in commands) batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
