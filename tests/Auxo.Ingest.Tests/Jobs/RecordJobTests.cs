using Auxo.Contracts;
using Auxo.Ingest.Jobs;
using Auxo.Radicle;
using Auxo.Testing;
using Auxo.Testing.Radicle;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

using Wolverine;

namespace Auxo.Ingest.Tests.Jobs;

/// <summary>The ends of builds, where other programs of Radicle look for them.</summary>
public sealed class RecordJobTests(PostgresFixture postgres)
{
    private static readonly Rid Rid = Rid.Parse("rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji");
    private static readonly CommitId Commit = CommitId.Parse(new string('c', 40));
    private static readonly JobSettings Wanted = new(AreWanted: true, ByProgram: false);

    [Theory]
    [InlineData(Outcome.Passed, true)]
    [InlineData(Outcome.Failed, false)]
    [InlineData(Outcome.TimedOut, false)]
    public void an_end_that_says_something_of_the_commit_is_written(Outcome outcome, bool passed)
        => Assert.Equal(
            (Commit, passed, 1),
            OnBuildFinishedHandler.Decide(Finished(Rid, Commit, outcome), Wanted) is { } job
                ? (job.Commit, job.Passed, job.Attempt) : default);

    [Theory]
    [InlineData(Outcome.Cancelled)]
    [InlineData(Outcome.Errored)]
    public void one_that_says_nothing_of_it_is_not(Outcome outcome)
        => Assert.Null(OnBuildFinishedHandler.Decide(Finished(Rid, Commit, outcome), Wanted));

    [Fact]
    public void nothing_is_written_for_a_schedule_for_what_was_built_together_or_against_the_operators_wish()
    {
        var finished = Finished(Rid, Commit, Outcome.Passed);
        Assert.Null(OnBuildFinishedHandler.Decide(finished with { Subject = finished.Subject with { Schedule = "nightly" } }, Wanted));
        Assert.Null(OnBuildFinishedHandler.Decide(finished with { BuiltAs = CommitId.Parse(new string('d', 40)) }, Wanted));
        Assert.Null(OnBuildFinishedHandler.Decide(finished, new JobSettings(AreWanted: false, ByProgram: false)));
    }

    [Fact]
    public void a_patchs_verdict_brings_its_job_along_so_it_comes_by_itself_only_later()
    {
        var finished = Finished(Rid, Commit, Outcome.Passed);
        Assert.IsType<RecordJob>(Assert.Single(OnBuildFinishedHandler.Handle(finished, [], Wanted, DateTimeOffset.UnixEpoch).Item1));
        var patch = finished with { Subject = finished.Subject with { PatchId = PatchId.Parse(Commit.Value) } };
        var later = Assert.IsType<DeliveryMessage<RecordJob>>(
            Assert.Single(OnBuildFinishedHandler.Handle(patch, [], Wanted, DateTimeOffset.UnixEpoch).Item1));
        Assert.Equal(Commit, later.Message.Commit);
        Assert.True(later.Options.ScheduleDelay > TimeSpan.Zero);
    }

    [Fact]
    public void a_run_is_found_again_by_its_build_with_an_address_and_without()
    {
        var job = OnBuildFinishedHandler.Decide(Finished(Rid, Commit, Outcome.Passed), Wanted)!;
        Assert.Equal($"urn:uuid:{job.BuildId}", job.Request.Log.AbsoluteUri);
        Assert.Equal(
            $"https://ci.example.com/builds/{job.BuildId}",
            (job with { LogUrl = $"https://ci.example.com/builds/{job.BuildId}" }).Request.Log.AbsoluteUri);
        Assert.Contains(job.Request.Run.ToString(), job.Request.Log.AbsoluteUri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true, false)]
    [InlineData("auto", true, false)]
    [InlineData("on", true, true)]
    [InlineData("off", false, false)]
    public void the_operator_says_whether_and_by_what(string? value, bool wanted, bool byProgram)
        => Assert.Equal(new JobSettings(wanted, byProgram), Read(value));

    [Fact]
    public void another_word_is_refused()
        => Assert.Contains("'auto', 'on' or 'off'", Assert.Throws<FormatException>(() => Read("yes")).Message, StringComparison.Ordinal);

    [Fact]
    public void what_does_not_stand_there_is_tried_again_later_and_not_for_ever()
    {
        var job = OnBuildFinishedHandler.Decide(Finished(Rid, Commit, Outcome.Passed), Wanted)!;
        Assert.Empty(Next(job, missing: null));
        for (var attempt = 1; attempt <= RecordJob.Pauses.Count; attempt++)
        {
            var again = Assert.IsType<DeliveryMessage<RecordJob>>(Assert.Single(Next(job, "key locked")));
            Assert.Equal(RecordJob.Pauses[attempt - 1], again.Options.ScheduleDelay);
            job = again.Message;
        }

        Assert.Empty(Next(job, "key locked"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ingest.job.written")]
    public async Task a_build_stands_in_radicle_once_whatever_happens_to_the_service(string? point)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var alice = lab.Nodes[0];
        var repository = await lab.CreateRepositoryAsync("demo", new Dictionary<string, string> { ["README.md"] = "# demo\n" }, ct);
        var head = CommitId.Parse((await alice.GitAsync(alice.WorkTree("demo"), ct, "rev-parse", "HEAD")).Trim());
        var database = await postgres.CreateDatabaseAsync();
        var finished = Finished(Rid.Parse(repository.Rid), head, Outcome.Passed);
        await using (var first = await IngestHost.StartAsync(database, alice.Home, alice.Socket)) await first.TrackAsync(repository.Rid);
        await using (var queues = new Queues(database))
        {
            await queues.SendAsync("ingest", finished);
            // As a broker does that was away: the same end, once more.
            await queues.SendAsync("ingest", finished);
        }

        if (point is not null)
        {
            await using var dying = await ServiceProcess.StartAsync(
                "ingest", database, point, ("RAD_HOME", alice.Home), ("RAD_SOCKET", alice.Socket), (JobSettings.Name, "auto"));
            await dying.DiedAsync();
        }

        await using var host = await IngestHost.StartAsync(database, alice.Home, alice.Socket);
        await using var storage = await RadicleRepository.OpenAsync(alice.Storage(repository.Rid), ct);
        await Eventually.TrueAsync(
            async () => (await storage.ReadJobsOfAsync(head, ct)).Any(static job
                => job.Runs.Any(static run => run.Status == JobRunStatus.Succeeded)), "the job stands", TimeSpan.FromSeconds(60));
        await host.Queues.QuietAsync("ingest");
        var run = Assert.Single(Assert.Single(await storage.ReadJobsOfAsync(head, ct)).Runs);
        Assert.Equal((JobRunStatus.Succeeded, $"urn:uuid:{finished.Subject.BuildId}"), (run.Status, run.Log));
        Assert.Equal(0L, await host.ScalarAsync<long>("select count(*) from ingest.wolverine_dead_letters"));
    }

    private static OutgoingMessages Next(RecordJob job, string? missing)
        => RecordJobHandler.Handle(job, new JobAttempt(missing), NullLogger<JobWriter>.Instance);

    private static JobSettings Read(string? value)
        => JobSettings.From(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("Auxo:Radicle:Jobs", value)]).Build());

    private static BuildFinished Finished(Rid rid, CommitId commit, Outcome outcome)
    {
        var now = DateTimeOffset.UnixEpoch;
        var subject = new BuildSubject(
            BuildId.For(rid, commit, BuildTrigger.Branch, "main", attempt: 1), rid, "demo", BuildTrigger.Branch, null, null, "main",
            commit, "Say hello", null);
        return new BuildFinished(subject, outcome, null, [], [], [], now, now, now, null, Trust.Trusted);
    }
}
