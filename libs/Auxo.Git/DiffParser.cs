using System.Globalization;

namespace Auxo.Git;

/// <summary>
/// Reads what <c>git diff-tree --raw --numstat -p</c> prints, line by line. A hunk's header says how many lines it has, so
/// that no content can pass for a header; which file a part is of follows from the order, so that no name
/// can either.
/// </summary>
internal sealed class DiffParser(DiffLimits limits)
{
    private readonly List<Entry> _files = [];
    private int _counted, _section = -1, _lines, _fileCount;
    private bool _inPatch;
    private Entry? _file;
    private (int Left, int Next) _old, _new;

    /// <summary>Takes one more line, without its line feed.</summary>
    /// <returns>False when no more lines are of use.</returns>
    public bool Read(ReadOnlySpan<byte> line)
    {
        if (_inPatch) return ReadPatch(line);
        if (line.IsEmpty) Arrange();
        else if (line[0] == (byte)':') ReadRaw(line[1..]);
        else ReadCounts(line);
        return true;
    }

    /// <summary>What was read.</summary>
    public Diff Result() => new([.. _files.Select(static f => f.ToFile())], _fileCount);

    private void ReadRaw(ReadOnlySpan<byte> line)
    {
        _fileCount++;
        if (_files.Count == limits.Files) return;
        var text = OutsideText.DecodePart(line).Split('\t');
        var head = text[0].Split(' ');
        var (change, paths) = (Change(head[4][0]), text[1..]);
        _files.Add(new Entry
        {
            Path = DiffPath.Read(paths[^1]), OldPath = paths.Length > 1 ? DiffPath.Read(paths[0]) : null, Change = change,
            OldMode = Mode(head[0]), NewMode = Mode(head[1]),
        });
    }

    private void ReadCounts(ReadOnlySpan<byte> line)
    {
        if (_counted == _files.Count) return;
        var file = _files[_counted++];
        var words = OutsideText.DecodePart(line).Split('\t', 3);
        if (int.TryParse(words[0], CultureInfo.InvariantCulture, out var came)
            && int.TryParse(words[1], CultureInfo.InvariantCulture, out var went))
            (file.Added, file.Removed) = (came, went);
        else file.Omitted = DiffOmission.Binary;
    }

    /// <summary>A file that becomes something else is shown by git in two sections: what was there goes, what is there comes.</summary>
    private readonly List<Entry> _sections = [];

    private void Arrange()
    {
        _inPatch = true;
        foreach (var file in _files)
        {
            if (file.Added + file.Removed > limits.LinesOfFile) file.Omit(DiffOmission.LargeFile);
            _sections.Add(file);
            if (file.Change == DiffChange.Retyped) _sections.Add(file);
        }
    }

    private bool ReadPatch(ReadOnlySpan<byte> line)
    {
        if (line is [(byte)'\\', ..]) _file?.EndOpen();
        else if (_old.Left > 0 || _new.Left > 0) return ReadLine(line);
        else if (line.StartsWith("diff --git "u8))
        {
            if (++_section >= _sections.Count) return false;
            _file = _sections[_section];
        }
        else if (line.StartsWith("@@ -"u8)) BeginHunk(OutsideText.DecodePart(line));

        return true;
    }

    private void BeginHunk(string header)
    {
        var words = header.Split(' ', 5);
        (_old, _new) = (Range(words[1]), Range(words[2]));
        _file!.Hunks.Add((words.Length > 4 ? words[4] : "", []));
    }

    private bool ReadLine(ReadOnlySpan<byte> line)
    {
        var sign = line.IsEmpty ? (byte)' ' : line[0];
        int? old = null, @new = null;
        if (sign != '+') (old, _old) = (_old.Next, (_old.Left - 1, _old.Next + 1));
        if (sign != '-') (@new, _new) = (_new.Next, (_new.Left - 1, _new.Next + 1));
        if (_file!.Omitted is not null) return true;
        if (++_lines > limits.Lines)
        {
            foreach (var file in _sections.Skip(_section).Where(static f => f.Omitted is null && f.Added + f.Removed > 0))
                file.Omit(DiffOmission.LargeDiff);
            return false;
        }

        var content = line.IsEmpty ? line : line[1..];
        var part = Part(content);
        _file.Add(new DiffLine(old, @new, OutsideText.DecodePart(part), part.Length < content.Length, EndsOpen: false));
        if (_file.LineCount > limits.LinesOfFile)
        {
            _lines -= _file.LineCount;
            _file.Omit(DiffOmission.LargeFile);
        }

        return true;
    }

    /// <summary>As much as may be kept, up to the end of a character.</summary>
    private ReadOnlySpan<byte> Part(ReadOnlySpan<byte> content)
    {
        if (content.Length <= limits.BytesOfLine) return content;
        var end = limits.BytesOfLine;
        while (end > limits.BytesOfLine - 4 && (content[end] & 0xC0) == 0x80) end--;
        return content[..end];
    }

    /// <summary>Such as <c>-12,3</c>, or <c>+12</c> for one line.</summary>
    private static (int Left, int Next) Range(string text)
    {
        var parts = text[1..].Split(',');
        var start = int.Parse(parts[0], CultureInfo.InvariantCulture);
        return (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1, start);
    }

    private static string? Mode(string mode) => mode == "000000" ? null : mode;

    private static DiffChange Change(char status) => status switch
    {
        'A' => DiffChange.Added,
        'D' => DiffChange.Deleted,
        'R' => DiffChange.Renamed,
        'T' => DiffChange.Retyped,
        _ => DiffChange.Modified,
    };

    private sealed class Entry
    {
        public required string Path { get; init; }
        public required string? OldPath { get; init; }
        public required DiffChange Change { get; init; }
        public required string? OldMode { get; init; }
        public required string? NewMode { get; init; }
        public int? Added { get; set; }
        public int? Removed { get; set; }
        public DiffOmission? Omitted { get; set; }
        public List<(string Section, List<DiffLine> Lines)> Hunks { get; } = [];
        public int LineCount { get; private set; }

        public void Add(DiffLine line)
        {
            Hunks[^1].Lines.Add(line);
            LineCount++;
        }

        public void EndOpen()
        {
            if (Hunks is [.., (_, { Count: > 0 } lines)]) lines[^1] = lines[^1] with { EndsOpen = true };
        }

        public void Omit(DiffOmission why)
        {
            Omitted = why;
            Hunks.Clear();
        }

        public DiffFile ToFile()
            => new(Path, OldPath, Change, OldMode, NewMode, Added, Removed, Omitted,
                Omitted is null ? [.. Hunks.Select(static h => new DiffHunk(h.Section, h.Lines))] : []);
    }
}
