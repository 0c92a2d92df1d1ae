using System.Text.Json.Serialization;

namespace Auxo.Api;

/// <summary>
/// What a revision changes: against the commit <c>Base</c> (null when all is new), which is the head of the revision <c>From</c>
/// where one was named. Of very many files the first; <c>FileCount</c> counts all.
/// </summary>
public sealed record PatchDiff(string? Base, string Head, string? From, int FileCount, IReadOnlyList<DiffFile> Files);

/// <summary>
/// A file that differs: <c>Change</c> is <c>added</c>, <c>deleted</c>, <c>modified</c>, <c>renamed</c> or <c>retyped</c>;
/// <c>Omitted</c> says why its lines are not here: <c>binary</c>, <c>large_file</c> or <c>large_diff</c>.
/// </summary>
public sealed record DiffFile(
    string Path, string? OldPath, [property: JsonConverter(typeof(Word))] string Change, string? OldMode, string? NewMode,
    int? Added, int? Removed, [property: JsonConverter(typeof(Word))] string? Omitted, IReadOnlyList<DiffHunk> Hunks);

/// <summary>Lines that lie together.</summary>
public sealed record DiffHunk(string Section, IReadOnlyList<DiffLine> Lines);

/// <summary>A line: one without <c>Old</c> number came, one without <c>New</c> number went.</summary>
public sealed record DiffLine(int? Old, int? New, string Text, bool IsCut, bool EndsOpen);

/// <summary>
/// A <c>revision</c> with its description, a <c>comment</c> or a <c>review</c> of a patch; <c>Verdict</c> is <c>accept</c>,
/// <c>reject</c> or null. What Auxo itself wrote says so.
/// </summary>
public sealed record DiscussionEntry(
    [property: JsonConverter(typeof(Word))] string Kind, string Id, string Revision, string Author, DateTimeOffset At, string Body,
    bool IsCut, bool IsEdited, [property: JsonConverter(typeof(Word))] string? Verdict, string? ReplyTo, DiscussionPlace? Place,
    bool IsResolved, bool ByAuxo);

/// <summary>The line that a comment is about.</summary>
public sealed record DiscussionPlace(string Commit, string Path, int? OldLine, int? NewLine);
