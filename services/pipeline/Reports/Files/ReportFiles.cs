using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Workspaces;
using Auxo.Reports;

namespace Auxo.Pipeline.Reports.Files;

/// <summary>The reports that one step wrote into its workspace: found, opened without following a link, and read one by one.</summary>
/// <param name="Reports">With the names of their files.</param>
/// <param name="Lines">What the log has to say of them.</param>
internal sealed record ReportFiles(IReadOnlyList<(string Name, Report Report)> Reports, IReadOnlyList<string> Lines)
{
    /// <summary>A file of the step that is a report, or may be one, was not read: it may say more.</summary>
    public bool HasUnread { get; init; }

    private const int MaxFiles = 200;
    private const long MaxBytes = 256L << 20;
    private const int MaxLines = 50;

    /// <summary>The time of the workspace's file system, which says what is a step's file and what came before it.</summary>
    public static DateTime Now(Workspace workspace)
    {
        // The clock of files goes in steps of some milliseconds, and always behind that of programs. Each step has a mark of its own.
        var mark = Path.Combine(Path.GetDirectoryName(workspace.Path)!, $"reports-since-{Guid.NewGuid():N}");
        using (File.Create(mark))
        {
        }

        var now = File.GetLastWriteTimeUtc(mark);
        File.Delete(mark);
        return now;
    }

    /// <summary>Reads them.</summary>
    /// <param name="workspace">Where the step worked.</param>
    /// <param name="wanted">What it says of its reports.</param>
    /// <param name="since">What is older is not of this step.</param>
    /// <param name="files">The files of the commit.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<ReportFiles> ReadAsync(
        Workspace workspace, StepReports wanted, DateTime since, Lazy<Task<RepositoryPaths>> files, CancellationToken ct)
    {
        var (reports, lines, old) = (new List<(string, Report)>(), new List<string>(), new List<string>());
        var (left, unread) = (MaxBytes, false);
        foreach (var name in Names(workspace, wanted, lines).Distinct(StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            using var file = BeneathFile.Open(workspace.Path, name, out var refusal);
            if (file is null)
            {
                lines.Add($"{ReportWords.Shown(name)} {refusal}");
                unread = true;
                continue;
            }

            var written = File.GetLastWriteTimeUtc(file);
            if (written < since || (written == since && (await files.Value).Contains(name)))
            {
                // What an earlier step has counted is no news, unless this one names it as its own.
                if (wanted.Files.Count > 0 || !workspace.ReadReports.Contains((name, written))) old.Add(name);
                continue;
            }

            // A step that ran beside this one has written and counted it; who names his reports means them all the same.
            if (wanted.Files.Count == 0 && workspace.ReadReports.Contains((name, written))) continue;
            var size = RandomAccess.GetLength(file);
            if (reports.Count == MaxFiles || size > ReportLimits.Bytes || size > left)
            {
                unread = true;
                lines.Add(size > ReportLimits.Bytes
                    ? $"{ReportWords.Shown(name)} is larger than {ReportLimits.Bytes >> 20} MiB and was not read"
                    : $"only the first {MaxFiles} reports, and {MaxBytes >> 20} MiB of them, are read");
                if (size <= ReportLimits.Bytes) break;
                continue;
            }

            left -= size;
            if (Read(file, (int)size, name, isNamed: wanted.Files.Count > 0, lines, ref unread) is not { } report) continue;
            reports.Add((name, report));
            workspace.ReadReports.Add((name, written));
        }

        if (old.Count > 0) lines.Add($"{ReportWords.Shown(old[0])}{(old.Count > 1 ? $" and {old.Count - 1} more" : "")}: "
            + "older than this step, so not of it");
        return new ReportFiles(reports, [.. lines.Take(MaxLines)]) { HasUnread = unread };
    }

    private static IEnumerable<string> Names(Workspace workspace, StepReports wanted, List<string> lines)
    {
        if (wanted.Files.Count == 0) return Find(workspace, lines);
        var names = new List<string>();
        foreach (var pattern in wanted.Files)
        {
            var found = WorkspaceFiles.Match(workspace.Path, pattern).Take(MaxFiles * 5).Order(StringComparer.Ordinal).ToList();
            if (found.Count == 0) lines.Add($"nothing matches '{ReportWords.Shown(pattern)}'");
            names.AddRange(found);
        }

        return names;
    }

    /// <summary>A step beside this one may remove a folder while it is looked through.</summary>
    private static IReadOnlyList<string> Find(Workspace workspace, List<string> lines)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return ReportPlaces.Find(workspace.Path);
            }
            catch (IOException) when (tries < 5)
            {
            }
            catch (IOException e)
            {
                lines.Add($"the workspace cannot be looked through: {ReportWords.Shown(e.Message)}");
                return [];
            }
        }
    }

    private static Report? Read(
        Microsoft.Win32.SafeHandles.SafeFileHandle file, int size, string name, bool isNamed, List<string> lines, ref bool unread)
    {
        var content = new byte[size];
        var length = 0;
        while (length < size && RandomAccess.Read(file, content.AsSpan(length), length) is > 0 and var read) length += read;
        try
        {
            var format = ReportFormat.Of(content.AsSpan(0, length), name);
            if (format is null && !isNamed) return null;
            return Report.Read(content.AsMemory(0, length), ReportWords.Shown(name));
        }
        catch (ReportException e)
        {
            lines.Add(e.Message);
            unread = true;
            return null;
        }
    }
}
