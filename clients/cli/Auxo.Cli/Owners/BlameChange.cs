using System.Globalization;

using Auxo.Git;
using Auxo.Owners;

namespace Auxo.Cli.Owners;

/// <summary>Asks git who wrote the lines that a change touches. It is a hint, so it has little time.</summary>
internal static class BlameChange
{
    private const int MostFiles = 30;
    private const int MostPlaces = 50;
    private const string IgnoredRevisions = ".git-blame-ignore-revs";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Reads it.</summary>
    /// <param name="change">The change.</param>
    /// <param name="files">What differs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>The lines, and of how many files; less than there are where time or number was not enough.</returns>
    public static async Task<(IReadOnlyList<BlamedLines> Lines, int Files)> ReadAsync(
        ChangeToReview change, IReadOnlyList<DiffFile> files, TimeProvider time, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var lines = new List<BlamedLines>();
        var done = 0;
        foreach (var file in files.Where(static f => Places(f).Count > 0)
            .OrderByDescending(static f => f.Added + f.Removed).Take(MostFiles))
        {
            try
            {
                lines.AddRange(Parse(await GitCommand.RunAsync(change.Repository, Arguments(change, file), both.Token)));
                done++;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                break;
            }
            catch (GitException)
            {
                // Such as a submodule: nobody wrote lines of it.
            }
        }

        return (lines, done);
    }

    /// <summary>How many files have lines that somebody wrote before.</summary>
    public static int Countable(IReadOnlyList<DiffFile> files) => files.Count(static f => Places(f).Count > 0);

    private static string[] Arguments(ChangeToReview change, DiffFile file)
    {
        var ignored = Path.Combine(change.Repository, IgnoredRevisions);
        return
        [
            "blame", "--porcelain", "-w", "-M", "-C", .. File.Exists(ignored)
                ? ["--ignore-revs-file", ignored] : Array.Empty<string>(),
            .. Places(file).Select(static p => $"-L{p.From},{p.To}"), change.Base, "--", file.OldPath ?? file.Path,
        ];
    }

    /// <summary>The lines before the change that it takes away or stands beside.</summary>
    private static List<(int From, int To)> Places(DiffFile file)
        => file.Change == DiffChange.Added ? [] : [.. file.Hunks.Take(MostPlaces)
            .Select(static h => h.Lines.Where(static l => l.Old is not null).Select(static l => l.Old!.Value).ToList())
            .Where(static l => l.Count > 0).Select(static l => (l.Min(), l.Max()))];

    /// <summary>Each commit is described once; every line names its commit.</summary>
    internal static IEnumerable<BlamedLines> Parse(string porcelain)
    {
        var commits = new Dictionary<string, Commit>(StringComparer.Ordinal);
        Commit? current = null;
        foreach (var line in porcelain.Split('\n'))
        {
            if (line.StartsWith('\t'))
            {
                current!.Lines++;
                current = null;
            }
            else if (current is null)
            {
                var name = line.Split(' ')[0];
                if (name.Length == 0) continue;
                if (!commits.TryGetValue(name, out current)) commits[name] = current = new Commit();
            }
            else if (After(line, "author ") is { } author) current.Name = author;
            else if (After(line, "author-mail ") is { } mail) current.Email = mail.Trim('<', '>');
            else if (After(line, "author-time ") is { } at && long.TryParse(at, CultureInfo.InvariantCulture, out var seconds))
                current.At = Math.Clamp(seconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        }

        return commits.Values
            .Select(static c => new BlamedLines(c.Name, c.Email, DateTimeOffset.FromUnixTimeSeconds(c.At), c.Lines));
    }

    private static string? After(string line, string start)
        => line.StartsWith(start, StringComparison.Ordinal) ? line[start.Length..] : null;

    private sealed class Commit
    {
        public string Name { get; set; } = "";

        public string Email { get; set; } = "";

        public long At { get; set; }

        public int Lines { get; set; }
    }
}
