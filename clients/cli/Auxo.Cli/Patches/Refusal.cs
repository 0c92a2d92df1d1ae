namespace Auxo.Cli.Patches;

/// <summary>Why something is not done, before anything has happened, and what to do instead.</summary>
/// <param name="Message">One sentence.</param>
/// <param name="Hint">What to do; null when the message says it.</param>
internal sealed record Refusal(string Message, string? Hint = null)
{
    public CliException ToException() => new(ExitCode.Negative, Message, Hint);
}
