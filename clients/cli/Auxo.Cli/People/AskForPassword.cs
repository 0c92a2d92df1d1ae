namespace Auxo.Cli.People;

/// <summary>
/// Reads a password: typed twice on a terminal, unseen; else the first line of standard input. Never from the command line, which
/// everybody on the machine can read.
/// </summary>
internal static class AskForPassword
{
    /// <exception cref="CliException">There is none, or the two differ.</exception>
    public static string Ask(CliHost host)
    {
        if (host.ReadSecret is not { } read)
            return host.StandardInput.ReadLine() is { Length: > 0 } line
                ? line
                : throw new CliException(
                    ExitCode.Usage, "No password came on standard input.", "Type it on a terminal, or: … --password < FILE");
        var first = read("New password: ");
        if (first.Length == 0) throw new CliException(ExitCode.Usage, "No password was typed.");
        return read("Once more: ") == first
            ? first
            : throw new CliException(ExitCode.Usage, "The two passwords differ, so nothing was changed.");
    }
}
