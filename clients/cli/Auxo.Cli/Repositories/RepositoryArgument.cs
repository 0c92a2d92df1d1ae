using System.CommandLine;

using Auxo.Api;

namespace Auxo.Cli.Repositories;

/// <summary>A repository as people name it: its id, the beginning of its id, or its name.</summary>
internal static class RepositoryArgument
{
    public static Argument<string> Create() => new("repository")
    {
        Description = "Its id (rad:z…), at least 4 characters of it, or its name",
    };

    /// <exception cref="CliException">None or more than one repository fits.</exception>
    public static async Task<Repository> ResolveAsync(IIngest ingest, string text, CancellationToken ct)
    {
        var all = (await ingest.RepositoriesAsync(ct)).Items;
        var wanted = text.TrimEnd('…');
        var found = all.Where(r => r.Rid == wanted).ToList();
        if (found.Count == 0) found = [.. all.Where(r => r.Name == wanted)];
        if (found.Count == 0 && wanted.Length >= 4) found = [.. all.Where(
            r => r.Rid.StartsWith(wanted, StringComparison.Ordinal) || r.Rid[4..].StartsWith(wanted, StringComparison.Ordinal))];
        return found.Count switch
        {
            1 => found[0],
            0 => throw new CliException(
                ExitCode.Negative, $"No tracked repository is called '{text}'.",
                Suggestions.Nearest(text, all.Select(static r => r.Name)) is { } near
                    ? $"Did you mean '{near}'?"
                    : all.Count == 0 ? "None is tracked yet: 'auxo repo track'."
                    : "'auxo repo list' shows them."),
            _ => throw new CliException(ExitCode.Usage, $"'{text}' fits {found.Count} repositories.",
                "Say more of the id: " + string.Join(", ", found.Select(static r => r.Rid))),
        };
    }
}
