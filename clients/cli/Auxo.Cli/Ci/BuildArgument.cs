using System.CommandLine;

using Auxo.Api;

namespace Auxo.Cli.Ci;

/// <summary>A build as people name it: the first digits of its id, of its patch or of its commit.</summary>
internal static class BuildArgument
{
    /// <summary>How far back a prefix is looked for.</summary>
    private const int Pages = 5;

    public static Argument<string> Create() => new("build")
    {
        Description = "At least 4 digits of the build's id, or of its patch or commit",
    };

    /// <exception cref="CliException">None, or more than one, fits.</exception>
    public static async Task<Build> ResolveAsync(IPipeline pipeline, string text, CancellationToken ct)
    {
        var wanted = text.Trim().ToLowerInvariant();
        if (Guid.TryParse(wanted, out var whole)) return await pipeline.GetAsync(whole.ToString(), ct);
        if (wanted.Length < 4 || wanted.Any(static c => !char.IsAsciiHexDigit(c) && c != '-'))
            throw new CliException(ExitCode.Usage, $"'{text}' is no build.",
                "Give at least 4 hex digits of its id; 'auxo ci status' shows them.");

        var seen = new List<Build>();
        string? after = null;
        for (var i = 0; i < Pages; i++)
        {
            var page = await pipeline.BuildsAsync(rid: null, patch: null, commit: null, limit: 200, after, ct);
            seen.AddRange(page.Items);
            if (page.Next is null) break;
            after = page.Next;
        }

        var byId = seen.Where(b => b.Id.StartsWith(wanted, StringComparison.Ordinal)).ToList();
        if (byId.Count == 1) return byId[0];
        if (byId.Count > 1)
        {
            throw new CliException(ExitCode.Usage, $"'{text}' fits {byId.Count} builds.", "Say more digits:\n"
                + string.Join('\n', byId.Take(5).Select(
                static b => $"{b.Id}  {b.Subject}  {b.Title}")));
        }

        // A patch or a commit may have several builds; the newest is the one that counts.
        return seen.FirstOrDefault(
            b => b.PatchId?.StartsWith(wanted, StringComparison.Ordinal) == true || b.Commit.StartsWith(wanted, StringComparison.Ordinal))
            ?? throw new CliException(
                ExitCode.Negative, $"None of the last {seen.Count} builds begins with '{text}'.",
                Suggestions.Nearest(wanted, seen.Select(static b => b.Short)) is { } near
                    ? $"Did you mean {near}?"
                    : "'auxo ci status' shows the newest; 'auxo status' says why a push has no build.");
    }

    /// <summary>The newest build.</summary>
    public static async Task<Build> NewestAsync(IPipeline pipeline, CancellationToken ct)
        => (await pipeline.BuildsAsync(rid: null, patch: null, commit: null, limit: 1, after: null, ct)).Items is [var newest, ..]
            ? newest
            : throw new CliException(ExitCode.Negative, "There is no build yet.",
                "Start one: 'auxo ci build' in a git repository, or track one with 'auxo repo track'.");
}
