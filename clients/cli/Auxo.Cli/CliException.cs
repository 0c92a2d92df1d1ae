namespace Auxo.Cli;

/// <summary>What a script sees.</summary>
internal static class ExitCode
{
    /// <summary>It is done, and the answer is good.</summary>
    public const int Ok = 0;

    /// <summary>It is done, and the answer is no: a build that did not pass, something unhealthy, a refusal.</summary>
    public const int Negative = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Auxo cannot be reached or entered.</summary>
    public const int Unreachable = 3;

    /// <summary>A defect of this program itself, as <c>sysexits.h</c> counts it.</summary>
    public const int Defect = 70;

    /// <summary>Ctrl-C, as shells count it.</summary>
    public const int Interrupted = 130;
}

/// <summary>An end that a person can act on: what happened, and what to do next.</summary>
internal sealed class CliException(int exitCode, string message, string? hint = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>See <see cref="Cli.ExitCode"/>.</summary>
    public int Code { get; } = exitCode;

    /// <summary>What to do next; null when the message says it.</summary>
    public string? Hint { get; } = hint;
}
