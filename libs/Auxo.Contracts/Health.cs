namespace Auxo.Contracts;

/// <summary>
/// What stands in the newest head of a default branch, as far as the health of its repository is concerned: facts, no points.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Head">The commit that was read.</param>
/// <param name="Ruling">How it was read: facts of another ruling are not the same facts.</param>
/// <param name="Tree">Its files.</param>
/// <param name="Objects">What git keeps; null until it was looked through for the first time.</param>
/// <param name="At">When it was read.</param>
public sealed record RepositorySurveyed(
    Rid Rid, string RepositoryName, CommitId Head, string Ruling, TreeSurvey Tree, ObjectSurvey? Objects, DateTimeOffset At);

/// <summary>The files of a head.</summary>
/// <param name="Files">How many there are.</param>
/// <param name="Unread">How many of the source files were not read: too large, or too many.</param>
/// <param name="Lines">Lines of the source files that were read.</param>
/// <param name="Todos">How many of them say TODO or FIXME.</param>
/// <param name="Documents">What a reader looks for.</param>
/// <param name="LargeFiles">Those of more than 10 MiB, the largest first; at most ten.</param>
/// <param name="LargeFileCount">How many there are.</param>
/// <param name="Dependencies">Whether what it uses is pinned.</param>
public sealed record TreeSurvey(
    int Files, int Unread, int Lines, int Todos, DocumentSurvey Documents, IReadOnlyList<SizedPath> LargeFiles, int LargeFileCount,
    DependencySurvey Dependencies);

/// <summary>A file with its size.</summary>
/// <param name="Path">In the repository, with <c>/</c>; or, of an object that no head has any more, its id.</param>
/// <param name="Bytes">Its size.</param>
public sealed record SizedPath(string Path, long Bytes);

/// <summary>How a CODEOWNERS file is.</summary>
public enum OwnersFileState
{
    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It says what it looks like.</summary>
    Valid,

    /// <summary><c>auxo owners lint</c> finds errors in it.</summary>
    Broken,
}

/// <summary>What people who come to a repository look for.</summary>
/// <param name="Readme">A README at the top that says something.</param>
/// <param name="License">A licence at the top.</param>
/// <param name="Contributing">CONTRIBUTING, at the top or where forges look for it.</param>
/// <param name="Security">SECURITY, at the top or where forges look for it.</param>
/// <param name="Owners">CODEOWNERS.</param>
/// <param name="Pages">How many Markdown pages there are.</param>
/// <param name="DeadLinks">How many relative links in them lead nowhere.</param>
/// <param name="FirstDeadLink">Such as <c>docs/a.md:12</c>; null when there is none.</param>
public sealed record DocumentSurvey(
    bool Readme, bool License, bool Contributing, bool Security, OwnersFileState Owners, int Pages, int DeadLinks, string? FirstDeadLink);

/// <summary>Whether a build of tomorrow uses what one of today used.</summary>
/// <param name="Declared">Files that say what is used: manifests of packages, images of containers.</param>
/// <param name="Pinned">How many of them are exact: a lock file stands beside them, or they name digests or exact versions.</param>
/// <param name="FirstLoose">One that is not; null when there is none.</param>
public sealed record DependencySurvey(int Declared, int Pinned, string? FirstLoose);

/// <summary>What git keeps of a repository.</summary>
/// <param name="Fault">The first damage that <c>git fsck</c> tells, in one line; null when it tells none.</param>
/// <param name="Unfinished">Why it could not be looked through; null when it was.</param>
/// <param name="LargeObjects">Contents of more than 10 MiB that the default branch has or had, the largest first; at most ten.</param>
/// <param name="At">When it was looked through.</param>
public sealed record ObjectSurvey(string? Fault, string? Unfinished, IReadOnlyList<SizedPath> LargeObjects, DateTimeOffset At);

/// <summary>
/// How a repository stands on its node and among its branches: facts, no points. Sent when something of it changed, and daily.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Node">Its node and the others; null for a git repository without Radicle.</param>
/// <param name="Branches">Branches that the default branch does not contain, the oldest first; at most fifty.</param>
/// <param name="BranchCount">How many there are.</param>
/// <param name="ForcedHead">True when anybody who can push may rewrite the default branch; null when that is not known.</param>
/// <param name="At">When it was looked at.</param>
public sealed record StandingObserved(
    Rid Rid, string RepositoryName, NodeStanding? Node, IReadOnlyList<LooseBranch> Branches, int BranchCount, bool? ForcedHead,
    DateTimeOffset At);

/// <summary>How the node of this machine keeps a repository.</summary>
/// <param name="IsRunning">It answers.</param>
/// <param name="ConnectedPeers">With how many peers it has a session.</param>
/// <param name="Seeds">How many other nodes keep the repository, as far as it has heard.</param>
/// <param name="SeedsInSync">How many of them have what the delegates here have signed last.</param>
/// <param name="BehindSince">Since when some have not; null when all have.</param>
/// <param name="IsPrivate">Only delegates and those they allow may read it.</param>
/// <param name="Delegates">How many decide.</param>
/// <param name="Threshold">How many of them must agree on the default branch.</param>
public sealed record NodeStanding(
    bool IsRunning, int ConnectedPeers, int Seeds, int SeedsInSync, DateTimeOffset? BehindSince, bool IsPrivate, int Delegates,
    int Threshold);

/// <summary>A branch that the default branch does not contain.</summary>
/// <param name="Name">Short name.</param>
/// <param name="Owner">Whose it is; null without Radicle.</param>
/// <param name="CommittedAt">The committer time of its head.</param>
public sealed record LooseBranch(string Name, Did? Owner, DateTimeOffset CommittedAt);

/// <summary>
/// What the newest head of a default branch uses itself, by its lock files, with the versions that were taken; not what that brings along.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Head">The commit that was read.</param>
/// <param name="Packages">Each version once; at most 2,000.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Files">How many lock files, and projects with exact versions, could be read.</param>
/// <param name="At">When it was read.</param>
public sealed record DependenciesFound(
    Rid Rid, string RepositoryName, CommitId Head, IReadOnlyList<UsedPackage> Packages, int Count, int Files, DateTimeOffset At);

/// <summary>A package that is used.</summary>
/// <param name="Ecosystem">npm, nuget or pypi.</param>
/// <param name="Name">As the lock file writes it.</param>
/// <param name="Version">The version that was taken.</param>
public sealed record UsedPackage(string Ecosystem, string Name, string Version);

/// <summary>
/// How old what a default branch uses is, beside the newest versions that the registry knows of by its mirrors: facts, no points. Sent
/// for each head that was read, and daily.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Head">The commit that was read.</param>
/// <param name="Files">How many lock files could be read.</param>
/// <param name="Count">How many packages it uses.</param>
/// <param name="Known">Of how many of them a newest version is known; the next three make it up.</param>
/// <param name="Newest">How many are that.</param>
/// <param name="MinorBehind">How many are older, and have its first number.</param>
/// <param name="MajorBehind">How many have a lower first number.</param>
/// <param name="Oldest">Of these the ones that are furthest behind; at most twenty.</param>
/// <param name="At">When it was compared.</param>
public sealed record DependenciesCompared(
    Rid Rid, string RepositoryName, CommitId Head, int Files, int Count, int Known, int Newest, int MinorBehind, int MajorBehind,
    IReadOnlyList<OldPackage> Oldest, DateTimeOffset At);

/// <summary>A package that is old.</summary>
/// <param name="Ecosystem">npm, nuget or pypi.</param>
/// <param name="Name">As the lock file writes it.</param>
/// <param name="Version">The version that is used.</param>
/// <param name="NewestVersion">The newest that is known.</param>
public sealed record OldPackage(string Ecosystem, string Name, string Version, string NewestVersion);
