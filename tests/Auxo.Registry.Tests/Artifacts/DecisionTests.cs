using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Registry.Expiring;
using Auxo.Registry.Publishing;

namespace Auxo.Registry.Tests.Artifacts;

public sealed class DecisionTests
{
    private static readonly BuildArtifact File = new("out/app.tar", "application/x-tar", "sha256:" + new string('e', 64), 10);

    [Fact]
    public void a_passed_build_of_a_trusted_author_is_published()
    {
        var finished = Builds.Finished(1, [File]);
        Assert.Equal(new PublicationEvent.Requested(finished.Subject, finished.Artifacts, finished.StartedAt,
            finished.FinishedAt, Builds.Now), OnBuildFinishedHandler.Decide(finished, Builds.Now));
    }

    [Fact]
    public void nothing_else_is()
    {
        Assert.Null(OnBuildFinishedHandler.Decide(Builds.Finished(1, []), Builds.Now));
        Assert.Null(OnBuildFinishedHandler.Decide(Builds.Finished(1, [File], trust: Trust.Stranger), Builds.Now));
        Assert.Null(OnBuildFinishedHandler.Decide(Builds.Finished(1, [File], trust: null), Builds.Now));
        foreach (var outcome in Enum.GetValues<Outcome>().Where(static o => o != Outcome.Passed))
            Assert.Null(OnBuildFinishedHandler.Decide(Builds.Finished(1, [File], outcome), Builds.Now));
    }

    [Fact]
    public void a_statement_says_where_files_came_from()
    {
        var finished = Builds.Finished(1, [File with { Name = "b" }, File with { Name = "a" }], trigger: BuildTrigger.Patch);
        var bytes = Provenance.Statement(new Publication(finished.Subject, finished.Artifacts, null, finished.FinishedAt), "0.1.0");
        Assert.Equal(bytes, Provenance.Statement(
            new Publication(finished.Subject, finished.Artifacts, null, finished.FinishedAt), "0.1.0"));
        var statement = JsonNode.Parse(Encoding.UTF8.GetString(bytes))!;
        Assert.Equal("https://in-toto.io/Statement/v1", (string)statement["_type"]!);
        Assert.Equal("https://slsa.dev/provenance/v1", (string)statement["predicateType"]!);
        Assert.Equal(["a", "b"], statement["subject"]!.AsArray().Select(static s => (string)s!["name"]!));
        Assert.Equal(new string('e', 64), (string)statement["subject"]![0]!["digest"]!["sha256"]!);
        var parameters = statement["predicate"]!["buildDefinition"]!["externalParameters"]!;
        Assert.Equal(Builds.Rid.Value, (string)parameters["repository"]!);
        Assert.Equal(Builds.Commit(1).Value, (string)parameters["commit"]!);
        Assert.Equal(finished.Subject.Author!.Value.Value, (string)parameters["author"]!);
        Assert.Equal("patch", (string)parameters["trigger"]!);
        Assert.Equal(Builds.Commit(1)
            .Value, (string)statement["predicate"]!["buildDefinition"]!["resolvedDependencies"]![0]!["digest"]!["gitCommit"]!);
        Assert.Equal($"urn:uuid:{finished.Subject.BuildId}", (string)statement["predicate"]!["runDetails"]!["metadata"]!["invocationId"]!);
    }

    [Fact]
    public void what_is_new_fetched_latest_or_recent_is_kept()
    {
        var policy = new RetentionPolicy(2, TimeSpan.FromDays(90));
        KeptVersion Version(int n, int days, string @ref = "main", int? fetched = null, bool latest = false)
            => new(new Guid(n, 0, 0, new byte[8]), Builds.Rid, @ref, Builds.Now.AddDays(-days), fetched is { } f
                ? Builds.Now.AddDays(-f)
                : null, latest);

        var expired = Retention.Decide(
            [
                Version(1, 400, latest: true), Version(2, 300), Version(3, 200, fetched: 89),
                Version(4, 150, fetched: 91), Version(5, 100), Version(6, 95), Version(7, 500, "old"), Version(8, 89),
            ],
            policy, Builds.Now);
        Assert.Equal([2, 4, 5], expired.Select(static e => BitConverter.ToInt32(e.BuildId.ToByteArray())));
        Assert.Contains("newest 2", expired[0].Reason, StringComparison.Ordinal);
        Assert.Empty(Retention.Decide([], policy, Builds.Now));
    }
}
