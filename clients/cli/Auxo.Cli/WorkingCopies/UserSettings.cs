namespace Auxo.Cli.WorkingCopies;

/// <summary>
/// The settings of git that belong to the person at the keyboard. Auxo's calls of git leave them aside; where the answer is about what
/// she would see herself, such as files that she ignores everywhere, they count.
/// </summary>
internal static class UserSettings
{
    /// <summary>Variables for git; none when the person has no home.</summary>
    public static IReadOnlyDictionary<string, string> Of(CliHost host)
    {
        if (host.Variable("HOME") is not { Length: > 0 } home) return new Dictionary<string, string>(StringComparer.Ordinal);
        var named = host.Variable("GIT_CONFIG_GLOBAL");
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = home, ["GIT_CONFIG_GLOBAL"] = named is { Length: > 0 } ? named : Path.Combine(home, ".gitconfig"),
        };
    }
}
