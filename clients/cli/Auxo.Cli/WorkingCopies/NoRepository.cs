using Auxo.Git;

namespace Auxo.Cli.WorkingCopies;

/// <summary>Where git reads no repository: there is none, or git says why it refuses the one that is there.</summary>
internal static class NoRepository
{
    /// <summary>The end of a command that needs one.</summary>
    /// <param name="folder">Where it was looked for.</param>
    /// <param name="next">What to do where there is none.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<CliException> AtAsync(string folder, string next, CancellationToken ct)
        => Directory.Exists(folder) && await GitLocation.FaultAsync(folder, ct) is { } words
            ? new CliException(
                ExitCode.Usage, $"git refuses to read the repository at {folder}: {words}",
                words.Contains("dubious ownership", StringComparison.Ordinal)
                    ? "It belongs to somebody else, whose settings could run programs as you. If you trust him, type git's line."
                    : "Mend what git names. 'git status' there says the same.")
            : new CliException(ExitCode.Usage, $"{folder} is no git repository.", next);
}
