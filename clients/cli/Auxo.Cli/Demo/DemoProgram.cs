using System.Diagnostics;

using Auxo.Instances;

namespace Auxo.Cli.Demo;

/// <summary>Runs the programs of the demo with nothing of the user's own Radicle, git or Auxo in their environment.</summary>
internal sealed class DemoProgram(string folder, IReadOnlyDictionary<string, string> variables)
{
    private static readonly string[] Foreign =
        ["SSH_AUTH_SOCK", "SSH_AGENT_PID", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "XDG_CONFIG_HOME",
            "XDG_DATA_HOME", "ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT"];

    /// <summary>Where the programs start by default.</summary>
    public string Folder { get; } = folder;

    /// <summary>
    /// The folders of PATH in which every one of <paramref name="programs"/> is found together; false when one is missing.
    /// </summary>
    public static bool AreInstalled(string? searchPath, params string[] programs)
        => programs.All(program
            => (searchPath ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program))));

    /// <summary>Runs to the end; what it printed on standard output.</summary>
    /// <exception cref="CliException">It ended with something else than 0.</exception>
    public async Task<string> RunAsync(string tree, CancellationToken ct, params string[] command)
        => (await TalkAsync(tree, ct, command)).Output;

    /// <summary>Runs to the end; what it printed on both streams.</summary>
    /// <exception cref="CliException">It ended with something else than 0.</exception>
    public async Task<(string Output, string Errors)> TalkAsync(string tree, CancellationToken ct, params string[] command)
    {
        using var process = Start(tree, command);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        var said = (Output: await output, Errors: await errors);
        return process.ExitCode == 0
            ? said
            : throw new CliException(
                ExitCode.Negative, $"'{string.Join(' ', command)}' ended with {process.ExitCode}: {(said.Output + said.Errors).Trim()}");
    }

    /// <summary>Starts a program that stays.</summary>
    public Process Start(string tree, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = tree, UseShellExecute = false, RedirectStandardInput = true,
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsForeign).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return Process.Start(start) ?? throw new CliException(ExitCode.Negative, $"{command[0]} could not be started.");
    }

    private const int SignalTerm = 15;

    private static bool IsForeign(string name)
        => name.StartsWith("RAD_", StringComparison.Ordinal)
            || name.StartsWith("AUXO_", StringComparison.Ordinal) || name.StartsWith("Auxo__", StringComparison.Ordinal)
            || name.StartsWith("ConnectionStrings__", StringComparison.Ordinal) || Foreign.Contains(name, StringComparer.Ordinal);

    /// <summary>Asks a process to end, as Ctrl-C does, and waits; one that does not is killed.</summary>
    public static async Task EndAsync(Process process, TimeSpan patience)
    {
        if (!process.HasExited)
        {
            // Not by the program of that name: a small machine has none.
            _ = Posix.Kill(process.Id, SignalTerm);
            using var limit = new CancellationTokenSource(patience);
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.Dispose();
    }
}
