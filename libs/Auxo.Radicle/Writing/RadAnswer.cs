namespace Auxo.Radicle;

/// <summary>What <c>rad</c> meant. It prints its errors on stdout, and exit code 0 does not mean that the operation survived.</summary>
public abstract record RadAnswer
{
    private static readonly string[] Contention =
    [
        "old reference value does not match", "failed to lock file", "failed to create locked file", "cannot lock ref",
        "database is locked",
    ];

    private RadAnswer()
    {
    }

    /// <summary>It says that it wrote.</summary>
    public sealed record Wrote : RadAnswer;

    /// <summary>Somebody else wrote at the same time: look, and do it again.</summary>
    public sealed record Collided(string Reason) : RadAnswer;

    /// <summary>Its cache does not know the patch, which another program wrote.</summary>
    public sealed record NotCached(string Reason) : RadAnswer;

    /// <summary>A person has to do something first.</summary>
    public sealed record Waits(string Reason) : RadAnswer;

    /// <summary>It refuses.</summary>
    public sealed record Refused(string Reason, bool Retry) : RadAnswer;

    /// <summary>Understands an exit code and what was printed.</summary>
    public static RadAnswer Of(int exitCode, string output, string errors)
    {
        if (exitCode == 0) return new Wrote();
        var said = Said(output + "\n" + errors);
        if (said.Contains("passphrase", StringComparison.OrdinalIgnoreCase))
            return new Waits(
                "key locked: give the passphrase in a file of mode 0600 (Auxo__Radicle__PassphraseFile), or unlock the "
                    + "key with `rad auth`");
        if (said.Contains("profile not found", StringComparison.OrdinalIgnoreCase)) return new Waits($"no Radicle profile: {said}");
        if (Contention.Any(c => said.Contains(c, StringComparison.OrdinalIgnoreCase))) return new Collided(said);
        if (said.Contains("not found", StringComparison.OrdinalIgnoreCase) || said.Contains("no patch", StringComparison.OrdinalIgnoreCase)
            || said.Contains("does not exist", StringComparison.OrdinalIgnoreCase))
            return new NotCached(said);
        return new Refused(said, Retry: exitCode != 2 && !said.Contains("not authorized", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The lines that say something went wrong, or else everything, short enough for a status page.</summary>
    private static string Said(string text)
    {
        var lines = text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).ToList();
        var errors = lines.Where(l
            => l.Contains("Error:", StringComparison.Ordinal) || l.StartsWith("error:", StringComparison.Ordinal)).ToList();
        var said = string.Join(' ', errors.Count > 0 ? errors : lines);
        return said.Length == 0 ? "rad said nothing." : said.Length > 500 ? said[..500] + "…" : said;
    }
}
