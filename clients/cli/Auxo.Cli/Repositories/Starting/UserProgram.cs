using System.Diagnostics;

using Auxo.Git;

namespace Auxo.Cli.Repositories.Starting;

/// <summary>Runs git and <c>rad</c> as the user has them: his settings, his hooks, his keys.</summary>
internal sealed class UserProgram(CliHost host)
{
    /// <summary>What decides whose settings and keys they are.</summary>
    private static readonly string[] Own =
        ["HOME", "PATH", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "RAD_HOME", "RAD_SOCKET", "RAD_PASSPHRASE", "SSH_AUTH_SOCK",
            "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];

    /// <summary>Of another repository, where this is called from one of its hooks.</summary>
    private static readonly string[] Foreign = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

    /// <summary>Whether it is on PATH.</summary>
    public bool IsThere(string program) => Find(program) is not null;

    /// <summary>Runs to the end.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="ct">Kills it.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <returns>What it printed on standard output.</returns>
    /// <exception cref="CliException">It is not there, or ended with something else than 0.</exception>
    public Task<string> RunAsync(string folder, CancellationToken ct, params string[] command)
        => RunAsync(folder, new Dictionary<string, string>(StringComparer.Ordinal), ct, command);

    /// <inheritdoc cref="RunAsync(string, CancellationToken, string[])"/>
    public async Task<string> RunAsync(
        string folder, IReadOnlyDictionary<string, string> variables, CancellationToken ct, params string[] command)
    {
        var (code, output, errors) = await TryAsync(folder, variables, command, ct);
        // 'rad' says what is wrong on its standard output.
        return code == 0 ? output : throw new CliException(
            ExitCode.Negative, $"'{string.Join(' ', command.Take(3))} …' ended with {code}: {(output + errors).Trim()}");
    }

    /// <summary>Asks something that may be answered with no; null then.</summary>
    public async Task<string?> AskAsync(string folder, CancellationToken ct, params string[] command)
    {
        if (!IsThere(command[0])) return null;
        var (code, output, _) = await TryAsync(folder, new Dictionary<string, string>(StringComparer.Ordinal), command, ct);
        return code == 0 ? output.TrimEnd('\n') : null;
    }

    private async Task<(int Code, string Output, string Errors)> TryAsync(
        string folder, IReadOnlyDictionary<string, string> variables, string[] command, CancellationToken ct)
    {
        var program = Find(command[0]) ?? throw new CliException(ExitCode.Negative, $"{command[0]} is not on PATH.", "Install it.");
        var start = new ProcessStartInfo(program, command[1..])
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var name in Foreign) start.Environment.Remove(name);
        foreach (var name in Own)
        {
            if (host.Variable(name) is { } value) start.Environment[name] = value;
            else start.Environment.Remove(name);
        }

        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var output = LimitedText.ReadAsync(process.StandardOutput, () => process.Kill(entireProcessTree: true), ct);
            var errors = LimitedText.ReadAsync(process.StandardError, () => process.Kill(entireProcessTree: true), ct);
            await process.WaitForExitAsync(ct);
            return await output is { } said && await errors is { } complained ? (process.ExitCode, said, complained)
                : throw new CliException(
                    ExitCode.Negative, $"'{string.Join(' ', command.Take(3))} …' {LimitedText.TooLong}, and was stopped.",
                    "Run it by hand to see what it prints.");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private string? Find(string program)
        => (host.Variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
