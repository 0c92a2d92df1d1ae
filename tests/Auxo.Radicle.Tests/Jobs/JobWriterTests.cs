using Auxo.Contracts;
using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

/// <summary>Against real nodes and the real <c>rad-job</c>; skipped where they are missing.</summary>
public sealed class JobWriterTests
{
    private static readonly Guid First = Guid.Parse("00000000-0000-4000-8000-0000000000b1");
    private static readonly Guid Second = Guid.Parse("00000000-0000-4000-8000-0000000000b2");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task the_end_of_a_run_reaches_the_other_node_and_is_written_once(bool locked)
    {
        var ct = TestContext.Current.CancellationToken;
        SkipWithoutProgram();
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (home, rid, head, storage) = await RepositoryAsync(lab, ct);
        await using var _ = storage;
        var key = locked ? await LockedKey.MakeAsync(lab, home, ct) : new RadKeyAccess(null);
        var writer = new JobWriter(new RadTurns(key, TimeProvider.System), TimeProvider.System);

        Assert.IsType<JobWrite.Done>(await writer.WriteAsync(home, storage, Request(head, First, passed: false), locked, ct));
        Assert.IsType<JobWrite.Done>(await writer.WriteAsync(home, storage, Request(head, First, passed: false), locked, ct));
        Assert.IsType<JobWrite.Done>(await writer.WriteAsync(home, storage, Request(head, Second, passed: true), locked, ct));

        var job = Assert.Single(await storage.ReadJobsOfAsync(head, ct));
        Assert.Equal(
            [$"https://ci.example.com/builds/{First} Failed", $"https://ci.example.com/builds/{Second} Succeeded"],
            job.Runs.Select(static run => $"{run.Log} {run.Status}").Order(StringComparer.Ordinal));
        Assert.Empty(job.Dropped);
        await Eventually.TrueAsync(
            async () => (await lab.Nodes[1].RunAsync(lab.Nodes[1].WorkTree("demo"), ct, "rad-job", "-r", rid, "list"))
                .Contains($"builds/{Second}", StringComparison.Ordinal),
            "bob's rad-job shows both runs");
    }

    [Fact]
    public async Task a_run_that_was_begun_and_not_ended_is_ended_and_a_job_of_another_program_is_used()
    {
        var ct = TestContext.Current.CancellationToken;
        SkipWithoutProgram();
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var (home, rid, head, storage) = await RepositoryAsync(lab, ct);
        await using var _ = storage;
        var tree = lab.Nodes[0].WorkTree("demo");
        await lab.Nodes[0].RunAsync(tree, ct, "rad-job", "-r", rid, "--no-sync", "new", head.Value);
        await lab.Nodes[0].RunAsync(
            tree, ct, "rad-job", "-r", rid, "--no-sync", "run", head.Value, $"https://ci.example.com/builds/{First}");

        var writer = new JobWriter(new RadTurns(new RadKeyAccess(null), TimeProvider.System), TimeProvider.System);
        Assert.IsType<JobWrite.Done>(await writer.WriteAsync(home, storage, Request(head, First, passed: true), byProgram: false, ct));
        Assert.Equal(JobRunStatus.Succeeded, Assert.Single(Assert.Single(await storage.ReadJobsOfAsync(head, ct)).Runs).Status);
    }

    [Fact]
    public async Task a_node_that_does_not_run_tells_the_others_when_it_starts()
    {
        var ct = TestContext.Current.CancellationToken;
        SkipWithoutProgram();
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (home, rid, head, storage) = await RepositoryAsync(lab, ct);
        await using var _ = storage;
        await lab.Nodes[0].StopAsync();
        var writer = new JobWriter(new RadTurns(new RadKeyAccess(null), TimeProvider.System), TimeProvider.System);
        Assert.IsType<JobWrite.Done>(await writer.WriteAsync(home, storage, Request(head, First, passed: true), byProgram: false, ct));

        await lab.Nodes[0].StartAsync(ct);
        await lab.ConnectAsync(ct);
        await Eventually.TrueAsync(
            async () => (await lab.Nodes[1].RunAsync(lab.Nodes[1].WorkTree("demo"), ct, "rad-job", "-r", rid, "list"))
                .Contains($"builds/{First}", StringComparison.Ordinal),
            "bob's rad-job shows the run");
    }

    [Fact]
    public async Task without_a_key_it_waits_and_by_a_program_only_where_that_is_wanted()
    {
        using var written = await WrittenStorage.CreateAsync();
        await using var storage = await written.OpenAsync();
        var empty = Directory.CreateTempSubdirectory("job-");
        var home = new RadicleHome(empty.FullName, Path.Combine(empty.FullName, "s"));
        var writer = new JobWriter(
            new RadTurns(new RadKeyAccess(null), TimeProvider.System) { SearchPath = empty.FullName }, TimeProvider.System);
        var request = Request(CommitId.Parse(new string('c', 40)), First, passed: true);
        Assert.IsType<JobWrite.NotWanted>(await writer.WriteAsync(home, storage, request, byProgram: false, CancellationToken.None));
        Assert.Contains(
            "rad auth",
            Assert.IsType<JobWrite.NotYet>(await writer.WriteAsync(home, storage, request, byProgram: true, CancellationToken.None)).Reason,
            StringComparison.Ordinal);
        empty.Delete(recursive: true);
    }

    private static void SkipWithoutProgram()
        => Assert.SkipWhen(
            RadProgram.Find(JobWriter.Program, Environment.GetEnvironmentVariable("PATH")) is null, "rad-job is not installed");

    private static JobRequest Request(CommitId commit, Guid run, bool passed)
        => new(commit, new Uri($"https://ci.example.com/builds/{run}"), run, passed);

    private static async Task<(RadicleHome Home, string Rid, CommitId Head, RadicleRepository Storage)> RepositoryAsync(
        RadicleLab lab, CancellationToken ct)
    {
        var alice = lab.Nodes[0];
        var repository = await lab.CreateRepositoryAsync("demo", new Dictionary<string, string> { ["README.md"] = "# demo\n" }, ct);
        var head = (await alice.GitAsync(alice.WorkTree("demo"), ct, "rev-parse", "HEAD")).Trim();
        return (new RadicleHome(alice.Home, alice.Socket), repository.Rid, CommitId.Parse(head),
            await RadicleRepository.OpenAsync(alice.Storage(repository.Rid), ct));
    }
}
