using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Metrics.Tests.Golden;

/// <summary>
/// The public golden data set: facts of a small repository with every trap that DORA tools fall into, and what comes out.
/// </summary>
internal sealed class GoldenFile
{
    private readonly JsonObject _root;

    private GoldenFile(JsonObject root) => _root = root;

    public string Zone => (string)_root["timeZone"]!;

    public IReadOnlyList<JsonObject> Events => [.. _root["events"]!.AsArray().Select(static e => e!.AsObject())];

    public JsonObject Case(string beginning)
        => _root["cases"]!.AsArray().Single(c => ((string)c!["name"]!).StartsWith(beginning, StringComparison.Ordinal))!.AsObject();

    public JsonObject Mutation(string beginning)
        => _root["mutations"]!.AsArray().Single(c => ((string)c!["name"]!).StartsWith(beginning, StringComparison.Ordinal))!.AsObject();

    /// <summary>Skips the running test where the file is not.</summary>
    public static GoldenFile Read() => new(JsonNode.Parse(File.ReadAllText(Fixtures.Require("../golden/dora-golden.json")))!.AsObject());

    /// <summary>Its events as the messages that Auxo's services send, in the order of the file.</summary>
    public IReadOnlyList<(DateTimeOffset At, object Message)> Messages(Rid rid)
        => [.. Events.Select(e => (At(e), Message(rid, e))).Where(static m => m.Item2 is not null)!];

    /// <summary>A patch's short name by its id.</summary>
    public IReadOnlyDictionary<string, string> Patches
        => Events.Where(static e => e["patch"] is not null).Select(static e => (string)e["patch"]!)
            .Distinct(StringComparer.Ordinal).ToDictionary(static p => Ids.Patch(p).Value, static p => p, StringComparer.Ordinal);

    private object? Message(Rid rid, JsonObject e)
    {
        var at = At(e);
        return (string)e["type"]! switch
        {
            // Auxo's message says both at once: see the revision.
            "PatchOpened" => null,
            "RevisionPushed" => Revision(rid, e, at),
            "PatchMerged" => new PatchMerged(rid, Ids.Patch(Text(e, "patch")!), null, Ids.Commit(Text(e, "mergeCommit")!), null, at, at),
            "BuildStarted" => new BuildStarted(Subject(rid, e), at),
            "BuildFinished" => Finished(rid, e, at),
            "Deployed" => new DeploymentReported(
                rid, Text(e, "deployment")!, Text(e, "environment")!, Ids.Commit(Text(e, "commit")!),
                [.. e["patches"]!.AsArray().Select(static p => Ids.Patch((string)p!))],
                Text(e, "outcome") == "success", Enum.Parse<DeploymentKind>(Text(e, "kind")!, ignoreCase: true), null,
                Text(e, "remediates"), at),
            "FailureDetected"
                => new FailureDetected(rid, Text(e, "failure")!, Text(e, "deployment"), null, e["startedAt"] is { } s
                    ? DateTimeOffset.Parse((string)s!)
                    : null, at),
            "Recovered" => new FailureRecovered(rid, Text(e, "failure")!, Text(e, "by"), at),
            "FailureReopened" => new FailureReopened(rid, Text(e, "failure")!, at),
            "FailureDismissed" => new FailureDismissed(rid, Text(e, "failure")!, null, at),
            var type => throw new InvalidOperationException($"The golden file has events of a new type, {type}."),
        };
    }

    private object Revision(Rid rid, JsonObject e, DateTimeOffset at)
    {
        var patch = Text(e, "patch")!;
        var authored = e["commits"]!.AsArray().Min(static c => DateTimeOffset.Parse((string)c!["authoredAt"]!));
        var revision = new PatchRevision(
            Ids.Patch(patch), Ids.Revision(Text(e, "revision")!), Ids.Somebody, null, Trust.Trusted, patch,
            Ids.Commit("base"), Ids.Commit(Text(e, "revision")!), null, false);
        var isFirst = Events.Any(o => (string)o["type"]! == "PatchOpened" && Text(o, "patch") == patch && At(o) == at);
        return isFirst
            ? new PatchOpened(rid, "golden", revision, RepositoryLocator.OfFolder("/nowhere"), authored, at, at)
            : new PatchRevised(rid, "golden", revision, RepositoryLocator.OfFolder("/nowhere"), authored, at, at);
    }

    private BuildFinished Finished(Rid rid, JsonObject e, DateTimeOffset at)
    {
        var started = Events.Single(s => (string)s["type"]! == "BuildStarted" && Text(s, "build") == Text(e, "build"));
        var outcome = Text(e, "outcome") switch { "success" => Outcome.Passed, "failure" => Outcome.Failed, _ => Outcome.Cancelled };
        return new BuildFinished(Subject(rid, started), outcome, null, [], [], [], At(started), At(started), at, null);
    }

    private static BuildSubject Subject(Rid rid, JsonObject started)
        => new(
            Ids.Build($"{rid} {Text(started, "build")}"), rid, "golden", BuildTrigger.Patch,
            Ids.Patch(Text(started, "patch")!), null, "patches/x", Ids.Commit(Text(started, "commit")!),
            "x", Ids.Somebody);

    private static DateTimeOffset At(JsonObject e) => DateTimeOffset.Parse((string)e["at"]!);

    private static string? Text(JsonObject e, string name) => (string?)e[name];
}
