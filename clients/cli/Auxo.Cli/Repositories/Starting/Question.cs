namespace Auxo.Cli.Repositories.Starting;

/// <summary>Asks before something that is seen by others or changes files.</summary>
internal static class Question
{
    /// <summary>True for yes.</summary>
    /// <param name="session">Who asks.</param>
    /// <param name="text">What is to be done.</param>
    /// <param name="yes">It was answered on the command line.</param>
    /// <exception cref="CliException">Nobody can answer.</exception>
    public static bool Ask(Session session, string text, bool yes)
    {
        if (yes) return true;
        session.Host.StandardError.Write($"{text} [y/N] ");
        var answer = session.Host.StandardInput.ReadLine();
        return answer is null
            ? throw new CliException(ExitCode.Usage, "Nobody answers the question.", "Say it on the command line: --yes")
            : answer.Trim() is "y" or "Y" or "yes" or "Yes";
    }
}
