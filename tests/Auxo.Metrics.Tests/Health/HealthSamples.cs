using Auxo.Contracts;
using Auxo.Metrics.Health;
using Auxo.Metrics.Repositories;

namespace Auxo.Metrics.Tests.Health;

/// <summary>Facts of a repository in which nothing is wrong, to be made worse.</summary>
internal static class HealthSamples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    public static readonly Rid Heartwood = Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");

    public static readonly DocumentSurvey AllDocuments = new(
        Readme: true, License: true, Contributing: true, Security: true, OwnersFileState.Valid, Pages: 12, DeadLinks: 0,
        FirstDeadLink: null);

    public static readonly TreeSurvey Tree = new(
        Files: 40, Unread: 0, Lines: 4000, Todos: 3, AllDocuments, LargeFiles: [], LargeFileCount: 0, new DependencySurvey(2, 2, null));

    public static readonly NodeStanding Node = new(
        IsRunning: true, ConnectedPeers: 3, Seeds: 2, SeedsInSync: 2, BehindSince: null, IsPrivate: false, Delegates: 2, Threshold: 1);

    public static readonly OpenFindings Clean = new(0, 0, 0, 0, 0, Now.AddHours(-6));

    /// <summary>Everything that can be known and is well.</summary>
    public static readonly HealthFacts Well = new(
        Heartwood, "sample", Now, Series: null, CountingPolicy.Default, Survey(), Standing(), Compared(), Clean, Coverage: 91,
        Exposed: false);

    /// <summary>Ten packages that mirrors know, so many of them a major version behind.</summary>
    public static HealthEvent.Compared Compared(int majorBehind = 0, int known = 10, int count = 10, int files = 1) => new(
        "sample", Ids.Commit("head"), files, count, known, known - majorBehind, 0, majorBehind,
        majorBehind == 0 ? [] : [new OldPackage("npm", "left-pad", "1.3.0", "4.0.1")], Now.AddHours(-3));

    public static HealthEvent.Surveyed Survey(TreeSurvey? tree = null, ObjectSurvey? objects = null) => new(
        "sample", Ids.Commit("head"), "1", tree ?? Tree, objects ?? new ObjectSurvey(null, null, [], Now.AddDays(-1)), Now.AddHours(-2));

    public static HealthEvent.Stood Standing(NodeStanding? node = null, params LooseBranch[] branches) => new(
        "sample", node ?? Node, branches, branches.Length, ForcedHead: false, Now.AddMinutes(-3));

    /// <summary>As pipeline tells it.</summary>
    public static RepositorySurveyed SurveyTold(DateTimeOffset at, TreeSurvey? tree = null) => new(
        Heartwood, "sample", Ids.Commit("head"), "1", tree ?? Tree, new ObjectSurvey(null, null, [], at), at);

    /// <summary>As ingest tells it.</summary>
    public static StandingObserved StandingTold(DateTimeOffset at, NodeStanding? node = null) => new(
        Heartwood, "sample", node ?? Node, [], 0, ForcedHead: false, at);
}
