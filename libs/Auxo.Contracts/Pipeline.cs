namespace Auxo.Contracts;

/// <summary>What is built and for whom; the same in every message of one build.</summary>
/// <param name="BuildId">See <see cref="Contracts.BuildId.For"/>.</param>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Trigger">Why it is built.</param>
/// <param name="PatchId">Set when a patch is built.</param>
/// <param name="RevisionId">The patch's revision.</param>
/// <param name="Ref">Short branch or tag name; <c>patches/&lt;id&gt;</c> for a patch.</param>
/// <param name="Commit">Exactly this commit.</param>
/// <param name="Title">The patch's title or the commit's first line.</param>
/// <param name="Author">Who signed it; null without Radicle.</param>
/// <param name="Schedule">The name of the schedule that began it; null for every other build.</param>
public sealed record BuildSubject(
    Guid BuildId, Rid Rid, string RepositoryName, BuildTrigger Trigger, PatchId? PatchId, RevisionId? RevisionId,
    string Ref, CommitId Commit, string Title,
    Did? Author, string? Schedule = null);

/// <summary>
/// A schedule was not built when it should have been: Auxo did not run then, or there was nothing to build. The newest slot is
/// still built where the schedule's <c>catch-up</c> allows it; these are the others.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Schedule">The schedule's name.</param>
/// <param name="Slot">The newest of the missed times.</param>
/// <param name="Count">How many were missed, from 1.</param>
/// <param name="Reason">One line for people.</param>
/// <param name="At">When that was found out.</param>
public sealed record ScheduleMissed(
    Rid Rid, string RepositoryName, string Schedule, DateTimeOffset Slot, int Count, string Reason, DateTimeOffset At);

/// <summary>A patch was merged, and exactly its result had not passed by then, or its owners had not accepted it.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="Commit">What the branch has become.</param>
/// <param name="By">Who merged; null where that is not known.</param>
/// <param name="Reason">One line for people, such as that its build has failed.</param>
/// <param name="LogUrl">The build that decided; null where there is none, or no address of it.</param>
/// <param name="At">When it was merged, by the clock of who merged.</param>
/// <param name="Owners">
/// Whose accept was missing of what had passed, in one line; null where it had not passed, and in messages of earlier versions.
/// </param>
public sealed record MergedWithoutPass(
    Rid Rid, string RepositoryName, PatchId PatchId, CommitId Commit, Did? By, string Reason, string? LogUrl, DateTimeOffset At,
    string? Owners = null);

/// <summary>A patch was opened, and changes files that have owners: they are asked to look at it.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="RevisionId">Its revision.</param>
/// <param name="Head">The commit to look at.</param>
/// <param name="Title">The patch's title.</param>
/// <param name="Author">Who signed the revision.</param>
/// <param name="Owners">Those of most changed files, the most first; at most ten.</param>
/// <param name="OwnerCount">How many there are.</param>
/// <param name="OtherChannels">
/// Channels of notifications that the repository gives to people who are not asked: those of other files, and the author.
/// </param>
/// <param name="At">When the patch was opened.</param>
public sealed record ReviewWanted(
    Rid Rid, string RepositoryName, PatchId PatchId, RevisionId RevisionId, CommitId Head, string Title, Did Author,
    IReadOnlyList<OwnerOfFiles> Owners, int OwnerCount, IReadOnlyList<string> OtherChannels, DateTimeOffset At);

/// <summary>
/// A build of a default branch opened findings of high or critical severity that were not open before. What the first look of a
/// check finds is not told, nor what is known or accepted.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Findings">The worst of them, at most ten.</param>
/// <param name="Count">How many there are, from 1.</param>
/// <param name="Owners">Who owns their files by the CODEOWNERS of that commit, those of most files first; at most ten.</param>
/// <param name="LogUrl">The build that saw them; null where there is no address of it.</param>
/// <param name="At">When that build ended.</param>
public sealed record SevereFindingsFound(
    Rid Rid, string RepositoryName, IReadOnlyList<Finding> Findings, int Count, IReadOnlyList<OwnerOfFiles> Owners,
    string? LogUrl, DateTimeOffset At);

/// <summary>
/// How many findings the default branch of a repository has: told when a build has moved them, and every hour, since acceptances end and
/// due dates pass without a build.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Counts">By check and severity; what has none is not named.</param>
/// <param name="Checks">When each check last looked.</param>
/// <param name="Score">0 to 100 for the checks that are about security; null while none of them has looked.</param>
/// <param name="At">When it was counted.</param>
public sealed record FindingsCounted(
    Rid Rid, string RepositoryName, IReadOnlyList<CountedFindings> Counts, IReadOnlyList<CheckLooked> Checks, int? Score,
    DateTimeOffset At);

/// <summary>Findings of one check and one severity that are not fixed.</summary>
/// <param name="Check">The check.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Open">Open ones.</param>
/// <param name="Accepted">Those that somebody has accepted for now.</param>
/// <param name="FalseAlarms">Those that are none, as somebody says.</param>
/// <param name="Overdue">Of the open ones those that are past their due date.</param>
public sealed record CountedFindings(string Check, Severity Severity, int Open, int Accepted, int FalseAlarms, int Overdue);

/// <summary>When a check last looked at a default branch.</summary>
/// <param name="Check">The check.</param>
/// <param name="At">The end of the build in which it did, or in which it was first seen switched off.</param>
/// <param name="IsOff">True when the pipeline file switches it off.</param>
/// <param name="IsScanned">True when a nightly scan makes it, too, and found something to look at: then it is never a day old.</param>
public sealed record CheckLooked(string Check, DateTimeOffset At, bool IsOff, bool IsScanned = false);

/// <summary>A build of a default branch passed, and its steps reported coverage.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="BuildId">The build: it knows files and folders.</param>
/// <param name="Commit">What it built.</param>
/// <param name="Lines">Lines (or statements, of a tool that counts those) that are measured, all steps together.</param>
/// <param name="Covered">Of them ran.</param>
/// <param name="ChangedLines">Of the lines that the push wrote those that are measured; null when it is not known what it wrote.</param>
/// <param name="ChangedCovered">Of them ran.</param>
/// <param name="Languages">By language, the most lines first.</param>
/// <param name="At">When the build ended.</param>
public sealed record CoverageMeasured(
    Rid Rid, string RepositoryName, Guid BuildId, CommitId Commit, long Lines, long Covered, long? ChangedLines, long? ChangedCovered,
    IReadOnlyList<LanguageCoverage> Languages, DateTimeOffset At);

/// <summary>How much of one language ran.</summary>
/// <param name="Language">Its name, such as <c>C#</c>; <c>other</c> for files of which it is not known.</param>
/// <param name="Lines">Lines that are measured.</param>
/// <param name="Covered">Of them ran.</param>
public sealed record LanguageCoverage(string Language, long Lines, long Covered);

/// <summary>An owner, as CODEOWNERS names it.</summary>
/// <param name="Owner">Such as <c>@alice</c> or an e-mail address.</param>
/// <param name="Files">How many of the changed files are theirs.</param>
public sealed record OwnerOfFiles(string Owner, int Files);

/// <summary>A build is planned and waits for a runner.</summary>
public sealed record BuildQueued(BuildSubject Subject, IReadOnlyList<string> Steps, DateTimeOffset At);

/// <summary>A build's first step has begun.</summary>
public sealed record BuildStarted(BuildSubject Subject, DateTimeOffset At);

/// <summary>The end of a build, with all that a subscriber needs.</summary>
/// <param name="Subject">What was built.</param>
/// <param name="Outcome">The verdict.</param>
/// <param name="Reason">One line for people when the outcome does not speak for itself; else null.</param>
/// <param name="Steps">In the order of the plan.</param>
/// <param name="FirstFindings">The first few findings that block or warn, at most ten.</param>
/// <param name="Artifacts">What the build kept.</param>
/// <param name="QueuedAt">When it was planned.</param>
/// <param name="StartedAt">When its first step began; null when none did.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="LogUrl">Where the log is read, when <c>publicUrl</c> is configured.</param>
/// <param name="Trust">How far the commit's author is trusted. Null in messages from before it was said: whoever needs trust
/// takes that for <c>Stranger</c>.</param>
/// <param name="Held">How long it waited for approval between its first step and its end; null when it did not.</param>
/// <param name="OldNews">
/// True for a scan that found nothing which was not told before: nobody need hear of it again. Null for every other build.
/// </param>
/// <param name="BuiltAs">
/// The commit that was built instead of the patch's own: the merge with what the patch needs, which is on no node. The outcome says nothing
/// of the patch's commit alone then. Null for every other build.
/// </param>
public sealed record BuildFinished(
    BuildSubject Subject, Outcome Outcome, string? Reason, IReadOnlyList<StepResult> Steps, IReadOnlyList<Finding> FirstFindings,
    IReadOnlyList<BuildArtifact> Artifacts, DateTimeOffset QueuedAt, DateTimeOffset? StartedAt, DateTimeOffset FinishedAt, string? LogUrl,
    Trust? Trust = null, TimeSpan? Held = null, bool? OldNews = null, CommitId? BuiltAs = null);

/// <summary>One step's result.</summary>
/// <param name="Step">Its name, unique in the build.</param>
/// <param name="Kind"><c>check</c> for a built-in one, <c>command</c> for one of the pipeline file.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Blocks">False when its failure only warns (the gate table).</param>
/// <param name="Duration">Wall time.</param>
/// <param name="ExitCode">Of the command; null for a check and for a step that did not run.</param>
/// <param name="Summary">One line for people, such as <c>2 errors, 1 warning</c>.</param>
public sealed record StepResult(string Step, string Kind, Outcome Outcome, bool Blocks, TimeSpan Duration, int? ExitCode, string Summary)
{
    /// <summary>What is known of the cause of its failure and what to do, in one line; null when nothing is.</summary>
    public string? Hint { get; init; }

    /// <summary>What it took of the machine, over all its tries; null where nobody counted.</summary>
    public StepUsage? Usage { get; init; }
}

/// <summary>What a step took of the machine; what the kernel did not tell is null.</summary>
/// <param name="Processor">Time of all its processes on all processors.</param>
/// <param name="PeakMemoryBytes">The most memory at one time; with control groups, files in memory count too.</param>
/// <param name="ReadBytes">Read from disks.</param>
/// <param name="WrittenBytes">Written to disks.</param>
public sealed record StepUsage(TimeSpan? Processor, long? PeakMemoryBytes, long? ReadBytes = null, long? WrittenBytes = null);

/// <summary>One thing that a check found.</summary>
/// <param name="Check">The step that found it.</param>
/// <param name="Rule">The rule, stable over time, such as <c>SC2086</c> or <c>private-key</c>.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Path">File in the repository, with <c>/</c>; null when it is about the whole tree.</param>
/// <param name="Line">From 1; null when it is about the whole file.</param>
/// <param name="Message">One line for people; never contains the secret itself.</param>
/// <param name="Blocks">True when it makes the build fail.</param>
/// <param name="Known">True when it stands in the default branch: it blocks nothing. False in messages from before it was said.</param>
public sealed record Finding(
    string Check, string Rule, Severity Severity, string? Path, int? Line, string Message, bool Blocks, bool Known = false);

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Worth a look.</summary>
    Low,

    /// <summary>Should be fixed.</summary>
    Medium,

    /// <summary>Must be fixed.</summary>
    High,

    /// <summary>Must be fixed now.</summary>
    Critical,
}

/// <summary>A file that a build kept.</summary>
/// <param name="Name">Relative path with <c>/</c>; never absolute, never with <c>..</c>.</param>
/// <param name="MediaType">Such as <c>application/octet-stream</c>.</param>
/// <param name="Digest"><c>sha256:</c> and 64 hex digits.</param>
/// <param name="SizeBytes">Its size.</param>
public sealed record BuildArtifact(string Name, string MediaType, string Digest, long SizeBytes);
