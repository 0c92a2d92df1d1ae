using System.Diagnostics;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>Where the passphrase of the node's key comes from.</summary>
/// <param name="PassphraseFile">A file with mode 0600 (<c>Auxo__Radicle__PassphraseFile</c>); null: an agent has the key, or it
/// has no passphrase.</param>
public sealed record RadKeyAccess(string? PassphraseFile)
{
    /// <summary>Reads the passphrase; the reason says what is wrong when it cannot be used.</summary>
    public async Task<(string? Passphrase, string? Problem)> ReadAsync(CancellationToken cancellationToken)
    {
        if (PassphraseFile is null) return (null, null);
        if (!File.Exists(PassphraseFile)) return (null, $"key locked: {PassphraseFile} does not exist");
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(PassphraseFile) & others) != UnixFileMode.None)
            return (null, $"key locked: {PassphraseFile} can be read by others; run `chmod 600 {PassphraseFile}`");
        return ((await File.ReadAllTextAsync(PassphraseFile, cancellationToken)).TrimEnd('\r', '\n'), null);
    }
}

/// <summary>Runs <c>rad</c>, or another program of Radicle, for one profile: no terminal, no editor, no prompts, a time limit.</summary>
public sealed class RadProgram(string program, RadicleHome home, string? passphrase, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly string[] Inherited = ["PATH", "HOME", "SSH_AUTH_SOCK", "RAD_PASSPHRASE", "TMPDIR"];

    /// <summary>Where a program is; null when it is in none of the folders.</summary>
    public static string? Find(string program, string? searchPath)
        => (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Whose key the profile has; null when it has none.</summary>
    public static async Task<Did?> OwnerAsync(RadicleHome home, CancellationToken cancellationToken)
    {
        var file = home.Key + ".pub";
        if (!File.Exists(file)) return null;
        var fields = (await File.ReadAllTextAsync(file, cancellationToken)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var blob = new byte[64];
        return fields.Length > 1 && Convert.TryFromBase64String(fields[1].Trim(), blob, out var length) && length == 51
            ? RadicleKey.ToDid(blob.AsSpan(19, 32))
            : null;
    }

    /// <summary>Adds one operation to an object, for what no command of its own says.</summary>
    internal async Task<RadAnswer> UpdateAsync(Rid rid, string typeName, string id, NewOperation operation)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, operation.Actions.Select(static action => action.ToJsonString()));
            return await RunAsync(
                ["cob", "update", "--repo", rid.Value, "--type", typeName, "--object", id, "--message", operation.Message, file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    internal async Task<RadAnswer> RunAsync(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = home.Path, UseShellExecute = false, RedirectStandardInput = true,
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var inherited = Inherited.Select(name => (name, Environment.GetEnvironmentVariable(name))).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in inherited)
        {
            if (value is not null) start.Environment[name] = value;
        }

        start.Environment["RAD_HOME"] = home.Path;
        start.Environment["RAD_SOCKET"] = home.Socket;
        start.Environment["EDITOR"] = "false";
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        if (passphrase is not null) start.Environment["RAD_PASSPHRASE"] = passphrase;

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
        // A write that has begun is finished, whoever is in a hurry: killed in the middle, rad leaves locks behind that stop
        // the user's own programs, too.
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return RadAnswer.Of(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new RadAnswer.Refused(
                $"{Path.GetFileName(program)} did not end within {Limit.TotalSeconds:0} s and was killed.", Retry: true);
        }
    }
}
