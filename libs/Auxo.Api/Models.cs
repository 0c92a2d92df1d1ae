using System.Globalization;
using System.Text.Json.Serialization;

namespace Auxo.Api;

/// <summary>A page of a list.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>A program that the AppHost runs.</summary>
public sealed record ResourceInfo(
    string Name, string Kind, [property: JsonConverter(typeof(Word))] string State, int? Pid,
    IReadOnlyList<string>? Urls, int Restarts, DateTimeOffset? Since, string? Reason);

/// <summary>A tracked repository; <c>Problem</c> says why ingest cannot read it, <c>IsPublic</c> that it needs no token.</summary>
public sealed record Repository(
    string Rid, string Name, string DefaultBranch, string Source, [property: JsonConverter(typeof(Word))] string Kind,
    IReadOnlyList<string>? Delegates,
    IReadOnlyList<string>? Trusted, IReadOnlyList<string>? Branches, DateTimeOffset TrackedAt, RepositoryHooks? Hooks,
    string? Problem, bool IsPublic = false);

/// <summary>Where webhooks for a repository go.</summary>
public sealed record RepositoryHooks(string Url, bool HasSecret);

/// <summary>What to track.</summary>
public sealed record TrackRequest(string Location, string? Name, IReadOnlyList<string>? Branches, IReadOnlyList<string>? Trusted);

/// <summary>A repository that is tracked now.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Secret">Of its webhooks, shown this once; null when it was tracked before.</param>
public sealed record Tracked(Repository Repository, string? Secret);

/// <summary>A new webhook secret, shown this once.</summary>
public sealed record WebhookSecret(string Secret);

/// <summary>
/// A tip that ingest saw, and what came of it: <c>Kind</c> is <c>patch</c> or <c>branch</c>, <c>Name</c> the patch's id or the
/// branch's name, <c>Commit</c> null where none is known, <c>Fact</c> what was recorded (null when nothing was) and
/// <c>Reason</c> why.
/// </summary>
public sealed record RefInfo(
    [property: JsonConverter(typeof(Word))] string Kind, string Name, string? Title, string? Commit, string? Author,
    [property: JsonConverter(typeof(Word))] string? Trust,
    DateTimeOffset? SeenAt, [property: JsonPropertyName("via"), JsonConverter(typeof(Word))] string? DetectedBy, string? Fact,
    string? Reason);

/// <summary>The Radicle node beside Auxo: <c>connected</c>, <c>absent</c>, <c>down</c> or <c>locked</c>.</summary>
public sealed record NodeInfo(
    [property: JsonConverter(typeof(Word))] string State, string? Home, string? Nid, string? Alias, string? Socket,
    DateTimeOffset? Since, string? Reason);

/// <summary>A patch comment that is on its way to Radicle, or there.</summary>
public sealed record OutboxEntry
{
    public required string Key { get; init; }
    public required string Rid { get; init; }
    public required string PatchId { get; init; }
    public required string BuildId { get; init; }
    public required int Seq { get; init; }

    [JsonConverter(typeof(Word))] public required string State { get; init; }
    public string? Reason { get; init; }
    public required int Attempts { get; init; }

    public string? CommentId { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public string? TraceId { get; init; }
}

/// <summary>A build to start by hand.</summary>
public sealed record BuildRequest(string? Rid, string? Source, string Commit, string? Ref, bool? Trusted = null);

/// <summary>A build; findings, files, verdict and sandbox only when it was asked for alone.</summary>
public sealed record Build
{
    public required string Id { get; init; }
    public string? ShortId { get; init; }
    public required string Rid { get; init; }
    public required string RepositoryName { get; init; }

    [JsonConverter(typeof(Word))] public required string Trigger { get; init; }
    public string? PatchId { get; init; }
    public string? RevisionId { get; init; }
    public required string Ref { get; init; }
    public required string Commit { get; init; }
    public required string Title { get; init; }
    public string? Author { get; init; }
    public string? Schedule { get; init; }

    /// <summary>True when it made some of the checks only: it does not say how its branch stands.</summary>
    public bool? IsScan { get; init; }

    [JsonConverter(typeof(Word))] public string? Trust { get; init; }

    [JsonConverter(typeof(Word))] public required string State { get; init; }
    [JsonConverter(typeof(Word))] public string? Outcome { get; init; }
    public string? Reason { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public double? DurationSeconds { get; init; }
    public double? HeldSeconds { get; init; }

    public IReadOnlyList<BuildStep>? Steps { get; init; }
    public IReadOnlyList<BuildFinding>? Findings { get; init; }
    public int? NewFindings { get; init; }
    public int? KnownFindings { get; init; }
    public int? Fixes { get; init; }
    public IReadOnlyList<BuildFile>? Artifacts { get; init; }
    public IReadOnlyList<BuildTests>? Tests { get; init; }
    public IReadOnlyList<BuildCoverage>? Coverage { get; init; }
    public string? Verdict { get; init; }
    public string? PipelineFile { get; init; }
    public string? Sandbox { get; init; }
    public string? ApprovedBy { get; init; }

    /// <summary>True when its steps without an image had no sandbox: they ran on the machine itself.</summary>
    [JsonIgnore]
    public bool IsUnsafe => Sandbox?.StartsWith("none", StringComparison.Ordinal) == true
        && (Steps ?? []).Any(static step => step.Kind == "command");

    public string? TraceId { get; init; }

    /// <summary>The digits people read and type.</summary>
    [JsonIgnore]
    public string Short => ShortId ?? Id[..Math.Min(7, Id.Length)];

    /// <summary>What it is about: the patch or the branch, and the schedule that began it.</summary>
    [JsonIgnore]
    public string Subject
        => PatchId is { Length: >= 7 } patch ? $"patch {patch[..7]}" : Schedule is null ? Ref : $"{Ref} (schedule {Schedule})";

    /// <summary>True when nothing more will happen to it.</summary>
    [JsonIgnore]
    public bool IsFinished => State == "finished";
}

/// <summary>A step of a build: a <c>check</c> or a <c>command</c>; one that does not block only warns.</summary>
public sealed record BuildStep(
    string Step, [property: JsonConverter(typeof(Word))] string Kind, [property: JsonConverter(typeof(Word))] string? State,
    [property: JsonConverter(typeof(Word))] string? Outcome, bool? Blocks, double? DurationSeconds, int? ExitCode, string? Summary,
    DateTimeOffset? StartedAt = null)
{
    /// <summary>The steps that end before it; null for a check, and for a step that follows the one before it.</summary>
    public IReadOnlyList<string>? Needs { get; init; }

    /// <summary>What is known of the cause of its failure and what to do; null when nothing is.</summary>
    public string? Hint { get; init; }

    /// <summary>What it took of the machine; null where nobody counted.</summary>
    public StepUse? Usage { get; init; }
}

/// <summary>What runs steps of one kind: <c>commands</c>, or <c>images</c>; not isolated is on the machine itself.</summary>
public sealed record ExecutorInfo(string For, string Text, bool IsIsolated, string? Refusal);

/// <summary>What a step took of the machine; what was not counted is null.</summary>
public sealed record StepUse(double? ProcessorSeconds, long? PeakMemoryBytes, long? ReadBytes, long? WrittenBytes)
{
    /// <summary>Such as <c>processor 4.2 s, memory 310 MiB, 12 MiB read, 4 MiB written</c>; empty when nothing was counted.</summary>
    [JsonIgnore]
    public string Words
    {
        get
        {
            List<string> words = [];
            if (ProcessorSeconds is { } seconds) words.Add(string.Create(CultureInfo.InvariantCulture, $"processor {seconds:0.0#} s"));
            if (PeakMemoryBytes is { } memory) words.Add($"memory {Amounts.Size(memory)}");
            if (ReadBytes is > 0 and var read) words.Add($"{Amounts.Size(read)} read");
            if (WrittenBytes is > 0 and var written) words.Add($"{Amounts.Size(written)} written");
            return string.Join(", ", words);
        }
    }
}

/// <summary>A line of a log; <c>CutBytes</c> of it are left out, and <c>At</c> is null where no time was written down.</summary>
public sealed record LogLine(long Number, DateTimeOffset? At, string Text, long CutBytes);

/// <summary>Some lines of a log that has <c>Total</c> of them now; fewer than asked for where they are long.</summary>
public sealed record LogLines(IReadOnlyList<LogLine> Lines, long Total, bool IsComplete);

/// <summary>Where a log first speaks of an error; null when it does not.</summary>
public sealed record LogOutline(long? FirstError);

/// <summary>One thing that a check found; what is known stands in the default branch and blocks nothing.</summary>
public sealed record BuildFinding(
    string Check, string Rule, [property: JsonConverter(typeof(Word))] string Severity, string? Path, int? Line,
    string Message, bool Blocks, bool Known = false);

/// <summary>What the reports of a step say of its tests; a <c>Total</c> of 0: it should have reported some and did not.</summary>
public sealed record BuildTests(
    string Step, int Total, int Passed, int Failed, int Skipped, IReadOnlyList<BuildFailedTest> Failures, IReadOnlyList<string> Flaky,
    int FlakyCount = 0, int Quarantined = 0, IReadOnlyList<string>? QuarantineNotes = null)
{
    /// <summary>Such as <c>120 passed, 1 failed, 3 skipped</c>.</summary>
    [JsonIgnore]
    public string Words
        => Total == 0
            ? "none were reported"
            : $"{Passed} passed" + And(Failed, Quarantined > 0 ? $"failed ({Quarantined} quarantined)" : "failed")
                + And(Skipped, "skipped") + And(FlakyCount, "flaky");

    private static string And(int count, string word) => count == 0 ? "" : $", {count} {word}";
}

/// <summary>A test that failed; a new one does not fail in the default branch, a quarantined one says why it may fail.</summary>
public sealed record BuildFailedTest(string Name, string Message, string? Path, bool IsNew, string? Quarantined = null);

/// <summary>What the reports of a step say of its coverage; <c>Lines</c> of nothing: none was reported.</summary>
public sealed record BuildCoverage(
    string Step, string Unit, LineCount Lines, LineCount Branches, LineCount? Changed, LineCount? Before, IReadOnlyList<CoveredFile> Files,
    int FileCount, IReadOnlyList<string>? Pages = null, IReadOnlyList<Numbers.CoveredPart>? Folders = null)
{
    /// <summary>Such as <c>81.2 % (+0.3), changed lines 64 %</c>.</summary>
    [JsonIgnore]
    public string Words
    {
        get
        {
            if (Lines.Percent is not { } percent)
                return Pages is null ? "none was reported" : "pages, and no report that can be counted";
            var of = Unit == "lines" ? "" : $" of the {Unit}";
            var delta = Before?.Percent is { } before
                ? $" ({(percent - before).ToString("+0.0;-0.0;±0", CultureInfo.InvariantCulture)})"
                : "";
            return $"{Lines.Words}{of}{delta}{(Changed?.Percent is null ? "" : $", changed lines {Changed.Words}")}";
        }
    }
}

/// <summary>A file and how much of it ran; <c>Missed</c> are the first changed lines that did not.</summary>
public sealed record CoveredFile(string Path, LineCount Lines, IReadOnlyList<int> Missed);

/// <summary>So many lines of so many.</summary>
public sealed record LineCount(long Covered, long Total)
{
    /// <summary>From 0 to 100; null of nothing.</summary>
    [JsonIgnore]
    public double? Percent => Total == 0 ? null : 100.0 * Covered / Total;

    /// <summary>Such as <c>81.2 %</c>, rounded down, so that only all is 100 %.</summary>
    [JsonIgnore]
    public string Words => Percent is { } percent
        ? (Math.Floor(percent * 10 + 1e-6) / 10).ToString("0.#", CultureInfo.InvariantCulture) + " %"
        : "–";
}

/// <summary>
/// What is known of a repository and blocks nothing; <c>TakenAt</c> is null where no build of the default branch has set it.
/// </summary>
public sealed record Baseline(
    string Rid, DateTimeOffset? TakenAt, DateTimeOffset? ChangedAt, string? Commit, int Known, IReadOnlyList<string> Unmeasured,
    IReadOnlyList<BaselineCount> Counts, IReadOnlyList<BaselineCount> Findings, IReadOnlyList<Acceptance> Acceptances,
    IReadOnlyList<BaselinePoint> Trend);

/// <summary>How many findings were known at the end of a day on which that changed.</summary>
public sealed record BaselinePoint(DateTimeOffset At, string? Commit, int Known);

/// <summary>Known findings of one rule, in one file or in all of them.</summary>
public sealed record BaselineCount(string Check, string Rule, int Count, string? Path, bool Awaited);

/// <summary>When something happened to a finding; <c>By</c> is null where the commit need not be its cause.</summary>
public sealed record FindingMoment(DateTimeOffset At, string Commit, string BuildId, string? By);

/// <summary>How somebody accepted a finding; <c>Until</c> is null for good.</summary>
public sealed record FindingAcceptance(DateOnly? Until, string By, string Reason, bool IsFalseAlarm = false);

/// <summary>
/// A finding of a default branch and its life; with <c>WasThere</c> it may be older than the commit it was first seen in.
/// </summary>
public sealed record TrackedFinding(
    string Id, string Check, string Rule, [property: JsonConverter(typeof(Word))] string Severity, string? Path, int? Line, string Message,
    [property: JsonConverter(typeof(Word))] string State, FindingMoment Opened, bool WasThere, FindingMoment? Reopened, int Reopenings,
    FindingMoment? Fixed, [property: JsonConverter(typeof(Word))] string? FixedHow, FindingAcceptance? Accepted)
{
    /// <summary>Such as <c>scripts/a.sh:3</c>.</summary>
    [JsonIgnore]
    public string Place => Path is null ? "the whole tree" : Line is { } line ? $"{Path}:{line}" : Path;

    /// <summary>Since when it is, or until its fix was, there without a break.</summary>
    [JsonIgnore]
    public DateTimeOffset Since => (Reopened ?? Opened).At;
}

/// <summary>How many findings of one severity are open, and how many are accepted for now.</summary>
public sealed record FindingCount([property: JsonConverter(typeof(Word))] string Severity, int Open, int Accepted, int FalseAlarms = 0);

/// <summary>What is built at set times; <c>NextAt</c> is in the schedule's zone, and null while it is off.</summary>
public sealed record Schedule(
    string Rid, string RepositoryName, string Name, string Cron, string Zone, double JitterSeconds, double CatchUpSeconds, string Branch,
    bool Enabled, string? DisabledBy, DateTimeOffset? DisabledAt, DateTimeOffset? NextAt, ScheduledBuild? LastBuild, int Missed,
    DateTimeOffset? MissedAt)
{
    /// <summary>Every repository has it without declaring it.</summary>
    public bool IsScan { get; init; }

    /// <summary><c>person</c>, <c>file</c> or <c>operator</c>; null while it is on, and from a service of an earlier version.</summary>
    public string? OffBy { get; init; }

    /// <summary>Why its newest slot made no build; null when it made one.</summary>
    public string? Idle { get; init; }

    /// <summary>That slot.</summary>
    public DateTimeOffset? IdleAt { get; init; }

    /// <summary>Why it is off, for people; null while it is on.</summary>
    [JsonIgnore]
    public string? OffWords => Enabled ? null : OffBy switch
    {
        "file" => "off in the pipeline file",
        "operator" => "off by Auxo__Schedules__Off",
        _ => DisabledBy is null ? "off" : $"off by {DisabledBy}",
    };

    /// <summary>Why there was nothing to build when its newest slot came; null when that was built, or a later run.</summary>
    [JsonIgnore]
    public string? NothingSince => IdleAt is { } idle && !(LastBuild?.QueuedAt > idle) ? Idle : null;
}

/// <summary>The newest build of a schedule.</summary>
public sealed record ScheduledBuild(
    string Id, string ShortId, [property: JsonConverter(typeof(Word))] string State,
    [property: JsonConverter(typeof(Word))] string? Outcome, DateTimeOffset QueuedAt);

/// <summary>The main machine's labels and room, and the runners.</summary>
public sealed record RunnerList(IReadOnlyList<string> Main, int Capacity, IReadOnlyList<Runner> Items);

/// <summary>Another machine that runs steps; <c>SeenAt</c> is null for one that never came.</summary>
public sealed record Runner(
    string Name, string State, IReadOnlyList<string> Labels, bool Reserved, bool Strangers, int Capacity, IReadOnlyList<string> Builds,
    DateTimeOffset? SeenAt, string Sandbox, string Version, string ChangedBy, DateTimeOffset ChangedAt);

/// <summary>What a runner is given; <c>Strangers</c> is true where it takes builds of authors who are not trusted.</summary>
public sealed record RunnerRequest(IReadOnlyList<string> Labels, bool Reserved, bool Strangers);

/// <summary>A build without a verdict; <c>Position</c> and <c>Reason</c> are of one that waits, <c>Machine</c> of one that runs.</summary>
public sealed record QueuedBuild(
    string Id, string ShortId, string Rid, string RepositoryName, string Ref, string Title, string State, int? Position, string? Machine,
    string? Reason, IReadOnlyList<string> Labels, DateTimeOffset QueuedAt, double? StartsInSeconds);

/// <summary>Whether a result may become the default branch; <c>BuildId</c> is null where no build decides.</summary>
public sealed record GateAnswer(bool Passed, string Reason, string? BuildId, string Branch);

/// <summary>
/// A merge that is refused; the commits as the gate is asked, the result first. <c>Owners</c> says whose accept is missing; null for
/// nobody's.
/// </summary>
public sealed record OverrideRequest(string Rid, string PatchId, IReadOnlyList<string> Commits, string Reason, string? Owners = null);

/// <summary>It is kept: what the gate said, and who merges all the same and why.</summary>
public sealed record GateOverride(string Verdict, string Reason, string By, DateTimeOffset At);

/// <summary>A merge that was seen; <c>Passed</c> is false for one that the gate would have refused.</summary>
public sealed record Merge(
    string Rid, string RepositoryName, string PatchId, string Commit, string? By, DateTimeOffset At, DateTimeOffset SeenAt, bool Passed,
    string? BuildId, string Reason);

/// <summary>A secret of steps, without its value; <c>Rid</c> is null for one of all repositories.</summary>
public sealed record Secret(
    string? Rid, string? RepositoryName, string Name, IReadOnlyList<string> Branches, IReadOnlyList<string> Steps,
    [property: JsonConverter(typeof(Word))] string Patches, string SetBy, DateTimeOffset SetAt, DateTimeOffset? UsedAt, string? UsedBy,
    bool IsReadable);

/// <summary>What it shall be; <c>Patches</c> is <c>none</c>, <c>trusted</c> or <c>approved</c>.</summary>
public sealed record SetSecret(string Value, IReadOnlyList<string> Branches, IReadOnlyList<string> Steps, string Patches)
{
    /// <summary>Says nothing of the value, wherever it is printed.</summary>
    public override string ToString() => nameof(SetSecret);
}

/// <summary>How many values have a new key.</summary>
public sealed record SecretRotation(int Secrets, string KeyId);

/// <summary>Somebody said that what a build found is known.</summary>
public sealed record Acceptance(string BuildId, string Commit, string By, int Findings, DateTimeOffset At);

/// <summary>The build whose findings are known from now on.</summary>
public sealed record AcceptRequest(string BuildId);

/// <summary>How many findings were new until now, and how many are known.</summary>
public sealed record AcceptAnswer(int Accepted, int Known);

/// <summary>A file that a build kept.</summary>
public sealed record BuildFile(string Name, string? MediaType, string? Digest, long SizeBytes);

/// <summary>How a service handles its messages.</summary>
public sealed record ServiceDescription(string Service, IReadOnlyList<HandlerInfo> Handlers);

/// <summary>One handler.</summary>
public sealed record HandlerInfo(string Message, string Handler, string? Queue, string? Policy);

/// <summary>A message whose handler gave up.</summary>
public sealed record DeadLetter(
    string Id, string MessageType, string? GroupId, string? Body, string? CorrelationId, DateTimeOffset? SentAt,
    int Attempts, DateTimeOffset BuriedAt, string Reason, string? Detail);

/// <summary>A queue's length and its oldest message.</summary>
public sealed record QueueInfo(string Queue, long Ready, long Scheduled, long DeadLetters, double? OldestSeconds);
