using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

using Auxo.Pipeline.Baselines;

namespace Auxo.Pipeline.Findings;

/// <summary>Where a finding stands today.</summary>
public enum FindingState
{
    /// <summary>It is there, and nobody has accepted it.</summary>
    Open,

    /// <summary>The newest look did not find it.</summary>
    Fixed,

    /// <summary>It is there, and somebody has accepted it for now.</summary>
    Accepted,

    /// <summary>It is there, and somebody says that the check is wrong.</summary>
    FalseAlarm,
}

/// <summary>Why a finding is not there any more.</summary>
public enum FindingEnd
{
    /// <summary>Its file was changed or removed.</summary>
    Changed,

    /// <summary>Its file is as it was: what it uses, the tool, its data, the rules or the settings changed.</summary>
    SeenOtherwise,

    /// <summary>The pipeline file switches its check off.</summary>
    SwitchedOff,
}

/// <summary>A finding of a default branch and its life: a row of <c>findings</c>, each member a column.</summary>
public sealed record TrackedFinding
{
    /// <summary>The repository.</summary>
    public required string Rid { get; init; }

    /// <summary>16 hex digits, unique in the repository.</summary>
    public required string Id { get; init; }

    /// <summary>The check.</summary>
    public required string CheckName { get; init; }

    /// <summary>Its rule.</summary>
    public required string Rule { get; init; }

    /// <summary>The file; empty for the whole tree.</summary>
    public required string Path { get; init; }

    /// <summary>See <see cref="Fingerprint"/>.</summary>
    public required string Content { get; init; }

    /// <summary>The content of its file when it was last seen.</summary>
    public required string Blob { get; init; }

    /// <summary>Where it was last seen.</summary>
    public int? Line { get; init; }

    /// <summary>How bad.</summary>
    public Severity Severity { get; init; }

    /// <summary>One line for people.</summary>
    public required string Message { get; init; }

    /// <summary>True when the commit that it was first seen in need not be its cause.</summary>
    public bool WasThere { get; init; }

    /// <summary>When it was first seen.</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>In which commit.</summary>
    public required string OpenedCommit { get; init; }

    /// <summary>By which build.</summary>
    public Guid OpenedBuild { get; init; }

    /// <summary>The author of that commit; null when it need not be the cause, or is not known.</summary>
    public string? OpenedBy { get; init; }

    /// <summary>Since when it is, or until its fix was, open without a break.</summary>
    public DateTimeOffset OpenSince { get; init; }

    /// <summary>How often it came back.</summary>
    public int Reopenings { get; init; }

    /// <summary>The commit that it last came back with.</summary>
    public string? ReopenedCommit { get; init; }

    /// <summary>The build that saw that.</summary>
    public Guid? ReopenedBuild { get; init; }

    /// <summary>The author of that commit.</summary>
    public string? ReopenedBy { get; init; }

    /// <summary>True while it is not there.</summary>
    public bool IsFixed { get; init; }

    /// <summary>When it was last fixed.</summary>
    public DateTimeOffset? FixedAt { get; init; }

    /// <summary>By which commit.</summary>
    public string? FixedCommit { get; init; }

    /// <summary>The build that saw that.</summary>
    public Guid? FixedBuild { get; init; }

    /// <summary>The author of that commit; null when it need not be the cause, or is not known.</summary>
    public string? FixedBy { get; init; }

    /// <summary>Why it is not there.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<FindingEnd>))]
    public FindingEnd? FixedHow { get; init; }

    /// <summary>The last day on which it is accepted, in UTC.</summary>
    public DateOnly? AcceptedUntil { get; init; }

    /// <summary>Who accepts it; null when nobody does.</summary>
    public string? AcceptedBy { get; init; }

    /// <summary>Why.</summary>
    public string? AcceptedReason { get; init; }

    /// <summary>True when who accepts it says that the check is wrong.</summary>
    public bool FalseAlarm { get; init; }

    /// <summary>What it is known by.</summary>
    [JsonIgnore]
    public Fingerprint Mark => new(CheckName, Rule, Path, Content);

    /// <summary>Where it stands on a day.</summary>
    /// <param name="today">In UTC.</param>
    public FindingState On(DateOnly today)
        => IsFixed ? FindingState.Fixed
            : AcceptedBy is null || AcceptedUntil < today ? FindingState.Open
            : FalseAlarm ? FindingState.FalseAlarm
            : FindingState.Accepted;

    /// <summary>Where it is now, how bad and how it is accepted.</summary>
    public TrackedFinding At(SeenFinding seen) => this with
    {
        CheckName = seen.Mark.Check, Rule = seen.Mark.Rule, Path = seen.Mark.Path, Content = seen.Mark.Content,
        Blob = seen.Blob, Line = seen.Line, Severity = seen.Severity, Message = seen.Message,
        AcceptedUntil = seen.Accepted?.Until, AcceptedBy = seen.Accepted?.By, AcceptedReason = seen.Accepted?.Reason,
        FalseAlarm = seen.Accepted?.IsFalseAlarm is true,
    };

    /// <summary>The id of a finding that is seen for the first time.</summary>
    /// <param name="mark">What it is known by.</param>
    /// <param name="number">From 0; the next where the id is taken, for equal lines have equal fingerprints.</param>
    public static string IdOf(Fingerprint mark, int number)
        => Convert.ToHexStringLower(SHA256.HashData(
            Encoding.UTF8.GetBytes($"{mark.Check}\0{mark.Rule}\0{mark.Path}\0{mark.Content}\0{number}")).AsSpan(0, 8));
}
