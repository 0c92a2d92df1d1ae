namespace Auxo.Git;

/// <summary>What became of a file.</summary>
public enum DiffChange
{
    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>It is gone.</summary>
    Deleted,

    /// <summary>Its content or its mode is another.</summary>
    Modified,

    /// <summary>It has another path, and maybe another content.</summary>
    Renamed,

    /// <summary>It is of another type, such as a link where a file was.</summary>
    Retyped,
}

/// <summary>Why the lines of a file are left out.</summary>
public enum DiffOmission
{
    /// <summary>It is no text, or over 1 MiB.</summary>
    Binary,

    /// <summary>The file, or what changed in it, is too long to be read by people.</summary>
    LargeFile,

    /// <summary>The files before it have filled the answer.</summary>
    LargeDiff,
}

/// <summary>The difference between two trees.</summary>
/// <param name="Files">In git's order; of very many the first.</param>
/// <param name="FileCount">How many files differ.</param>
public sealed record Diff(IReadOnlyList<DiffFile> Files, int FileCount);

/// <summary>A file that differs. Texts are as somebody wrote them: they may hold anything but line ends.</summary>
/// <param name="Path">Its path; of a deleted one the path that it had. A path may hold line ends.</param>
/// <param name="OldPath">Of a renamed one the path before; else null.</param>
/// <param name="Change">What became of it.</param>
/// <param name="OldMode">
/// Such as <c>100644</c>, <c>100755</c>, <c>120000</c> (link), <c>160000</c> (submodule); null of an added one.
/// </param>
/// <param name="NewMode">The same afterwards; null of a deleted one.</param>
/// <param name="Added">Lines that came; null of a file without lines.</param>
/// <param name="Removed">Lines that went; null of a file without lines.</param>
/// <param name="Omitted">Why <paramref name="Hunks"/> is empty although something changed; null when all is there.</param>
/// <param name="Hunks">What changed, with three lines around it.</param>
public sealed record DiffFile(
    string Path, string? OldPath, DiffChange Change, string? OldMode, string? NewMode, int? Added, int? Removed,
    DiffOmission? Omitted, IReadOnlyList<DiffHunk> Hunks);

/// <summary>Lines that lie together.</summary>
/// <param name="Section">The function or heading that they are in, as git finds it; may be empty.</param>
/// <param name="Lines">In order; of a changed place the old lines first.</param>
public sealed record DiffHunk(string Section, IReadOnlyList<DiffLine> Lines);

/// <summary>A line.</summary>
/// <param name="Old">Its number before, from 1; null of one that came.</param>
/// <param name="New">Its number afterwards, from 1; null of one that went.</param>
/// <param name="Text">Without its line feed; a carriage return stays.</param>
/// <param name="IsCut">Its end was left out, since it is very long.</param>
/// <param name="EndsOpen">It is the last of its file, and no line feed follows it.</param>
public sealed record DiffLine(int? Old, int? New, string Text, bool IsCut, bool EndsOpen);

/// <summary>How much of a difference is read.</summary>
/// <param name="Files">So many are named.</param>
/// <param name="Lines">So many in all.</param>
/// <param name="LinesOfFile">So many of one file.</param>
/// <param name="BytesOfLine">So much of one line.</param>
public sealed record DiffLimits(int Files, int Lines, int LinesOfFile, int BytesOfLine)
{
    /// <summary>What a person can look through, and a browser shows without effort.</summary>
    public static DiffLimits Readable { get; } = new(1000, 5000, 1500, 1000);
}
