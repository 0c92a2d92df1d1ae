using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Patches;

/// <summary>Asks before something that others will see.</summary>
internal static class Confirmation
{
    public static Option<bool> Option() => new("--yes", "-y") { Description = "Do not ask" };

    /// <summary>Returns when it is confirmed.</summary>
    /// <param name="session">Who is asked.</param>
    /// <param name="question">Without a question mark.</param>
    /// <param name="yes">It was confirmed on the command line.</param>
    /// <exception cref="CliException">The answer is no, or nobody is there to answer.</exception>
    public static async Task AskAsync(Session session, string question, bool yes)
    {
        if (yes) return;
        var host = session.Host;
        if (!host.CanAsk || session.Terminal.Json)
            throw new CliException(
                ExitCode.Usage, "Nobody is here to confirm it, so nothing was done.", "To do it without a question: --yes");
        var asked = host.Time.GetTimestamp();
        await host.StandardError.WriteAsync(TamedText.OneLine($"{question}? [y/N] "));
        await host.StandardError.FlushAsync();
        var answer = (await host.StandardInput.ReadLineAsync())?.Trim();
        session.Answered(asked);
        if (answer?.ToLowerInvariant() is "y" or "yes") return;
        throw new CliException(ExitCode.Negative, "Nothing was done.");
    }
}
