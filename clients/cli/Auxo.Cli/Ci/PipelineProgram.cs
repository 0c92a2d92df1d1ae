using System.Diagnostics;

namespace Auxo.Cli.Ci;

/// <summary>
/// The pipeline's own program, which does without any service what a build does; what it prints is passed on as it comes.
/// </summary>
internal static class PipelineProgram
{
    private const string Name = "Auxo.Pipeline";

    /// <summary>Asks it.</summary>
    /// <param name="session">Where it is asked.</param>
    /// <param name="words">What it shall do.</param>
    /// <param name="ct">Ctrl-C.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="CliException">It is not built.</exception>
    public static async Task<int> RunAsync(Session session, IReadOnlyList<string> words, CancellationToken ct)
    {
        var (host, program) = (session.Host, Find(session));
        using var process = Process.Start(new ProcessStartInfo(program, ["ci", .. words])
        {
            UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = host.WorkingFolder,
        })!;
        try
        {
            // As it comes: steps take minutes.
            await process.StandardOutput.BaseStream.CopyToAsync(host.StandardOutput, 1024, CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        // Ctrl-C reaches both: it ends its steps first, then this one.
        ct.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    /// <summary>Gives it the terminal of whoever calls: he talks with it, and Ctrl-C is one of his words.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<int> TalkAsync(Session session, IReadOnlyList<string> words)
    {
        using var process = Process.Start(new ProcessStartInfo(Find(session), ["ci", .. words])
        {
            UseShellExecute = false, WorkingDirectory = session.Host.WorkingFolder,
        })!;
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    private static string Find(Session session)
        => session.Host.ProgramOf(Name) is var program && File.Exists(program)
            ? program
            : throw new CliException(
                ExitCode.Unreachable, $"{Name} is not built yet.", "./auxo doctor says what is missing; ./auxo up builds it.");

    /// <summary>A folder as it was typed, seen from where that was.</summary>
    public static string Folder(Session session, string path) => Path.GetFullPath(path, session.Host.WorkingFolder);
}
