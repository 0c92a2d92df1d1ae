using System.Globalization;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Surveying;

/// <summary>Looks through all that git keeps of a repository: whether it is whole, and what is large in it.</summary>
internal static class KeptObjects
{
    /// <summary>From here on a file makes every clone slow.</summary>
    public const long Large = 10 << 20;

    private const int Most = 10;

    private static readonly string[] Grave = ["corrupt", "mismatch", "unable to"];

    /// <summary>A repository that needs longer says so; nothing waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Looks through them. Takes as long as git takes, up to ten minutes.</summary>
    public static async Task<ObjectSurvey> ReadAsync(string repository, CommitId head, TimeProvider time, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var fault = await FaultAsync(repository, either.Token);
            var large = await LargeAsync(repository, head, either.Token);
            return new ObjectSurvey(fault, null, large, time.GetUtcNow());
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new ObjectSurvey(null, $"git fsck did not end within {Patience.TotalMinutes:0} minutes", [], time.GetUtcNow());
        }
        catch (GitException e)
        {
            return new ObjectSurvey(null, PlainText.OneLine(e.Message, 300), [], time.GetUtcNow());
        }
    }

    private static async Task<string?> FaultAsync(string repository, CancellationToken ct)
    {
        try
        {
            await GitCommand.RunAsync(repository, ["fsck", "--full", "--no-dangling", "--no-progress", "--no-reflogs"], ct);
            return null;
        }
        catch (GitException e) when (e.ExitCode > 0)
        {
            return Damage(e.ExitCode, $"{e.Output}\n{e.Errors}");
        }
    }

    /// <summary>
    /// The damage in what fsck says, on both of its outputs; null when there is none. Its lowest bit alone means objects that are whole
    /// and odd, such as old tools wrote them: nobody can mend them without rewriting the past.
    /// </summary>
    internal static string? Damage(int exitCode, string said)
    {
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var line = lines.Where(static text => !text.StartsWith("warning", StringComparison.Ordinal)
            && !text.StartsWith("notice", StringComparison.Ordinal) && !IsOdd(text))
            // A broken link takes two lines; what it leads to stands in one of its own.
            .MaxBy(static text => text.StartsWith("missing ", StringComparison.Ordinal));
        if (exitCode != 1) return PlainText.OneLine(line ?? $"git fsck ended with {exitCode}", 200);
        return line is not null && Grave.Any(word => line.Contains(word, StringComparison.Ordinal)) ? PlainText.OneLine(line, 200) : null;
    }

    /// <summary>Such as <c>error in commit 1234: missingSpaceBeforeDate: …</c>.</summary>
    private static bool IsOdd(string line) => line.StartsWith("error in ", StringComparison.Ordinal);

    /// <summary>
    /// All objects are asked for their sizes, which is quick; only when some are large it is asked which of them the branch has or had:
    /// the storage also holds what strangers propose.
    /// </summary>
    private static async Task<IReadOnlyList<SizedPath>> LargeAsync(string repository, CommitId head, CancellationToken ct)
    {
        var listed = await GitCommand.RunAsync(
            repository,
            ["cat-file", "--batch-all-objects", "--unordered", "--buffer", "--batch-check=%(objecttype) %(objectsize) %(objectname)"], ct);
        var large = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in listed.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith("blob ", StringComparison.Ordinal)) continue;
            var rest = line[5..];
            var space = rest.IndexOf(' ');
            if (space > 0 && long.TryParse(rest[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > Large)
                large[rest[(space + 1)..].ToString()] = bytes;
        }

        if (large.Count == 0) return [];
        var found = new Dictionary<string, SizedPath>(StringComparer.Ordinal);
        var reached = await GitCommand.RunAsync(repository, ["rev-list", "--objects", head.Value, "--"], ct);
        foreach (var line in reached.AsSpan().EnumerateLines())
        {
            if (line.Length < 40 || !large.TryGetValue(line[..40].ToString(), out var bytes)) continue;
            var name = line.Length > 41 ? line[41..].ToString() : line.ToString();
            found.TryAdd(line[..40].ToString(), new SizedPath(PlainText.OneLine(name, 200), bytes));
        }

        return [.. found.Values.OrderByDescending(static file => file.Bytes).ThenBy(static file => file.Path, StringComparer.Ordinal)
            .Take(Most)];
    }
}
