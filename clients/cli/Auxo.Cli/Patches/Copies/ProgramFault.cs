namespace Auxo.Cli.Patches.Copies;

/// <summary>Why git or rad did not do it, and what helps. Radicle's programs say it on either stream, and in words that change.</summary>
internal static class ProgramFault
{
    private const int MostWords = 500;

    private static readonly (string Says, string Message, string Hint)[] Known =
    [
        ("passphrase", "Your Radicle key is locked.", "Unlock it: rad auth. Or give its passphrase in RAD_PASSPHRASE."),
        ("ssh-agent", "Your Radicle key is locked, and there is no agent that has it.",
            "Start one and unlock the key: eval $(ssh-agent) && rad auth. Or give its passphrase in RAD_PASSPHRASE."),
        ("profile not found", "There is no Radicle profile.", "Make one: rad auth. Or say where it is: RAD_HOME."),
        ("failed to lock file", "Another program writes to this repository at this moment.", "Try again in a moment."),
        ("failed to create locked file", "Another program writes to this repository at this moment.", "Try again in a moment."),
        ("cannot lock ref", "Another program writes to this repository at this moment.", "Try again in a moment."),
        ("old reference value does not match", "Another program writes to this repository at this moment.", "Try again in a moment."),
        ("database is locked", "Another program holds Radicle's database.", "Try again in a moment."),
        ("not authorized", "Radicle does not let your key do this.", "Only the author or a delegate may. Your key: rad self --did"),
        ("xyz.radicle.patch` was not found", "rad does not know this patch yet.", "Let it read the storage again: rad patch cache"),
        ("already included in the base branch", "The default branch has these commits already.", "Nothing is left to propose."),
        ("non-fast-forward", "What is there is not part of what you push.", "Look at both first: git log --oneline --graph --all"),
        ("gpg failed to sign", "git could not sign the commit.", "Try it by hand: git commit-tree -S HEAD^{tree} -m test"),
        ("tell me who you are", "git does not know who you are.",
            "git config --global user.name NAME; git config --global user.email MAIL"),
    ];

    public static CliException Of(ProgramRun run)
    {
        var said = Said(run);
        if (run.ExitCode is null)
            return new CliException(
                ExitCode.Negative, $"'{run.Command}' {run.Errors}, and was stopped.",
                "Run it by hand to see what it waits for. A lock that it left behind: look for *.lock in the repository.");
        foreach (var (says, message, hint) in Known)
        {
            if (said.Contains(says, StringComparison.OrdinalIgnoreCase))
                return new CliException(ExitCode.Negative, message, $"{hint}\n'{run.Command}' says: {said}");
        }

        return new CliException(
            ExitCode.Negative, $"'{run.Command}' ended with {run.ExitCode}: {(said.Length == 0 ? "it said nothing" : said)}");
    }

    /// <summary>The lines that speak of an error, or else all; on one line, and not too long.</summary>
    private static string Said(ProgramRun run)
    {
        var lines = $"{run.Errors}\n{run.Output}".Split('\n').Select(static l => l.Trim()).Where(static l => l.Length > 0).ToList();
        // git's last line says no more than that it failed: what a hook said before it says why.
        lines.RemoveAll(static l => l.StartsWith("error: failed to push some refs", StringComparison.Ordinal)
            || l.StartsWith("hint:", StringComparison.Ordinal));
        var errors = lines.Where(static l => l.Contains("rror:", StringComparison.Ordinal)
            || l.StartsWith("fatal:", StringComparison.Ordinal) || l.Contains("ejected]", StringComparison.Ordinal)).ToList();
        var said = string.Join(' ', errors.Count > 0 ? errors : lines);
        return said.Length > MostWords ? said[..MostWords] + "…" : said;
    }
}
