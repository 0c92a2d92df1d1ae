using Auxo.Contracts;

namespace Auxo.Radicle.Tests;

/// <summary>What is written next of a run's end, as <c>rad-job</c> is told it.</summary>
public sealed class JobPlanTests
{
    private static readonly CommitId Commit = CommitId.Parse(new string('c', 40));
    private static readonly Did Own = Node(1);
    private static readonly Did Other = Node(2);
    private static readonly Guid Build = Guid.Parse("00000000-0000-4000-8000-0000000000b1");
    private static readonly string Log = $"https://ci.example.com/builds/{Build}";
    private static readonly JobRequest Request = new(Commit, new Uri(Log), Build, Passed: true);

    [Fact]
    public void a_job_then_a_run_then_its_end()
    {
        Assert.Equal($"new {Commit}", Next());
        Assert.Equal($"run {Commit} {Log}", Next(Job()));
        Assert.Equal($"succeeded {Commit} 7", Next(Job(Run(Own, "7", JobRunStatus.Started))));
        Assert.Equal($"failed {Commit} 7", Next(Request with { Passed = false }, Job(Run(Own, "7", JobRunStatus.Started))));
        Assert.Null(Next(Job(Run(Own, "7", JobRunStatus.Succeeded))));
    }

    [Fact]
    public void by_git_all_that_is_missing_is_written_at_once()
    {
        Assert.Equal(["Request", "Run", "Finished"], Written());
        Assert.Equal(["Run", "Finished"], Written(Job(Run(Other, "7", JobRunStatus.Started))));
        Assert.Equal(["Finished"], Written(Job(Run(Own, "7", JobRunStatus.Started))));
        Assert.Empty(Written(Job(Run(Own, Build.ToString(), JobRunStatus.Succeeded, "https://elsewhere.example.com/"))));

        static IEnumerable<string> Written(params RadicleJob[] jobs)
            => JobPlan.Of(Request, Own, jobs).Operations(Request).Select(static o => Assert.Single(Assert.Single(o.Actions)).Key);
    }

    [Fact]
    public void runs_of_other_nodes_and_of_other_builds_are_left_alone()
        => Assert.StartsWith(
            "run ",
            Next(Job(Run(Other, "7", JobRunStatus.Started), Run(Own, "8", JobRunStatus.Started, "https://ci.example.com/builds/b2"))),
            StringComparison.Ordinal);

    [Fact]
    public void a_run_is_found_in_each_job_of_the_commit()
        => Assert.Equal($"succeeded {Commit} 7", Next(Job(), Job(Run(Own, "7", JobRunStatus.Started))));

    [Fact]
    public void what_stands_there_is_never_written_over() => Assert.Null(Next(Job(Run(Own, "7", JobRunStatus.Failed))));

    private static string? Next(params RadicleJob[] jobs) => Next(Request, jobs);

    private static string? Next(JobRequest request, params RadicleJob[] jobs)
        => JobPlan.Of(request, Own, jobs) is not JobPlan.Nothing and var plan ? string.Join(' ', plan.Arguments(request)) : null;

    private static RadicleJob Job(params JobRun[] runs) => new(CommitId.Parse(new string('a', 40)), Commit, runs, []);

    private static JobRun Run(Did node, string id, JobRunStatus status, string? log = null)
        => new(node, id, status, log ?? Log, DateTimeOffset.UnixEpoch);

    private static Did Node(byte key) => RadicleKey.ToDid(Enumerable.Repeat(key, 32).ToArray());
}
