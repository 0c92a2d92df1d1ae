using System.Collections.Concurrent;

using Auxo.Contracts;

namespace Auxo.Torture.Load;

/// <summary>A patch that was pushed.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Patch">The patch.</param>
/// <param name="Head">Its only revision's commit.</param>
/// <param name="Outcome">The verdict that it deserves, whatever dies; null where that is for people to say, who approve or cancel.</param>
/// <param name="Node">True when a real node holds it, so that the verdict is written there.</param>
internal sealed record PushedPatch(string Rid, string Patch, string Head, string? Outcome, bool Node)
{
    /// <summary>The build that it must have.</summary>
    public Guid Build => BuildId.For(Contracts.Rid.Parse(Rid), CommitId.Parse(Head), BuildTrigger.Patch, Patch, 1);
}

/// <summary>A commit that was pushed to a default branch. One that another overtook before anybody looked need not be built.</summary>
internal sealed record PushedCommit(string Rid, string Commit)
{
    /// <summary>The build that it may have.</summary>
    public Guid Build => BuildId.For(Contracts.Rid.Parse(Rid), CommitId.Parse(Commit), BuildTrigger.Branch, "main", 1);
}

/// <summary>A file that was put into the registry.</summary>
internal sealed record Upload(string Path, string Sha256);

/// <summary>An image that was pushed.</summary>
internal sealed record Image(string Name, string Tag, string Digest, string Layer);

/// <summary>A package that was published.</summary>
internal sealed record PublishedPackage(string Name, string File, string Sha256);

/// <summary>A deployment that was reported.</summary>
internal sealed record ReportedDeployment(string Id, string Commit);

/// <summary>A failure that was reported.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Deployment">What caused it.</param>
/// <param name="Recovered">True when its end was acknowledged, too.</param>
internal sealed record ReportedFailure(string Id, string Deployment, bool Recovered);

/// <summary>
/// What was sent, and what Auxo said it had taken. Everything here is written down before or after an answer, never guessed.
/// </summary>
internal sealed class Ledger
{
    private int _acknowledged;
    private int _unanswered;

    /// <summary>Keys (SHA-256 over repository and body) of webhooks that were answered 202.</summary>
    public ConcurrentDictionary<string, string> Webhooks { get; } = new(StringComparer.Ordinal);

    /// <summary>Patches whose webhook was answered 202.</summary>
    public ConcurrentQueue<PushedPatch> Patches { get; } = new();

    /// <summary>Commits whose webhook was answered 202, in the order of pushing.</summary>
    public ConcurrentQueue<PushedCommit> Commits { get; } = new();

    /// <summary>Approvals that were answered 200.</summary>
    public ConcurrentQueue<Guid> Approved { get; } = new();

    /// <summary>Cancellations that were answered 200.</summary>
    public ConcurrentQueue<Guid> Cancelled { get; } = new();

    /// <summary>Uploads that were answered 201 or, sent again, 200.</summary>
    public ConcurrentDictionary<string, Upload> Uploads { get; } = new(StringComparer.Ordinal);

    /// <summary>Images whose manifest was answered 201.</summary>
    public ConcurrentDictionary<string, Image> Images { get; } = new(StringComparer.Ordinal);

    /// <summary>Packages whose publishing was answered with success.</summary>
    public ConcurrentDictionary<string, PublishedPackage> Packages { get; } = new(StringComparer.Ordinal);

    /// <summary>Packages that were handed out by the mirror.</summary>
    public ConcurrentDictionary<string, PublishedPackage> Mirrored { get; } = new(StringComparer.Ordinal);

    /// <summary>Files whose deletion was answered 204 or, sent again, 404.</summary>
    public ConcurrentDictionary<string, string> Deleted { get; } = new(StringComparer.Ordinal);

    /// <summary>Deployments that were answered 2xx.</summary>
    public ConcurrentDictionary<string, ReportedDeployment> Deployments { get; } = new(StringComparer.Ordinal);

    /// <summary>Failures that were answered 2xx.</summary>
    public ConcurrentDictionary<string, ReportedFailure> Failures { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of deployments and failures that were sent, answered or not.</summary>
    public ConcurrentDictionary<string, bool> Sent { get; } = new(StringComparer.Ordinal);

    /// <summary>The last policy that was sent, and the last that was answered 200.</summary>
    public (int Sent, int Acknowledged) Policy { get; set; }

    /// <summary>Answers that no honest sender should get, whatever dies.</summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    /// <summary>How much was acknowledged.</summary>
    public int Acknowledged => _acknowledged;

    /// <summary>How often there was no answer, or one that says "not now"; each was sent again.</summary>
    public int Unanswered => _unanswered;

    /// <summary>One more.</summary>
    public void Acknowledge() => Interlocked.Increment(ref _acknowledged);

    /// <summary>One more.</summary>
    public void NoAnswer() => Interlocked.Increment(ref _unanswered);
}
