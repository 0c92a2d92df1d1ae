using System.ComponentModel;
using System.Diagnostics;

using Auxo.Api;

namespace Auxo.Cli.WebConsole;

/// <summary>
/// Signs with the user's Radicle key through <c>ssh-keygen</c>, which takes it from the agent where it is, else from its file, and
/// asks for the passphrase on the terminal. Auxo reads no private key.
/// </summary>
internal static class RadicleSignature
{
    /// <summary>The armour of an SSH signature over <paramref name="text"/>.</summary>
    /// <exception cref="CliException">There is no key, or it stays locked.</exception>
    public static async Task<string> MakeAsync(CliHost host, string text, CancellationToken ct)
    {
        var key = Path.Combine(Home(host), "keys", "radicle");
        if (!File.Exists(key + ".pub") && !File.Exists(key))
            throw new CliException(
                ExitCode.Negative, $"There is no Radicle key {key}.", "'rad auth' makes one; RAD_HOME says where it is.");
        var folder = Directory.CreateTempSubdirectory("auxo-login-").FullName;
        try
        {
            return await RunAsync(host, key, text, folder, ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> RunAsync(CliHost host, string key, string text, string folder, CancellationToken ct)
    {
        var start = new ProcessStartInfo("ssh-keygen", ["-q", "-Y", "sign", "-n", SignInChallenge.Purpose, "-f", key])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["SSH_AUTH_SOCK"] = host.Variable("SSH_AUTH_SOCK");
        if (host.Variable("RAD_PASSPHRASE") is { } passphrase)
        {
            // ssh-keygen takes a passphrase from a program only; what it prints comes from the environment, not from the file.
            var ask = Path.Combine(folder, "ask");
            await File.WriteAllTextAsync(ask, "#!/bin/sh\nprintf '%s\\n' \"$RAD_PASSPHRASE\"\n", ct);
            File.SetUnixFileMode(ask, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            (start.Environment["SSH_ASKPASS"], start.Environment["SSH_ASKPASS_REQUIRE"]) = (ask, "force");
            start.Environment["RAD_PASSPHRASE"] = passphrase;
        }

        using var process = Start(start);
        await using var end = ct.Register(static p => ((Process)p!).Kill(entireProcessTree: true), process);
        var (armour, complaint) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        try
        {
            await process.StandardInput.WriteAsync(text.AsMemory(), ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read everything; what it says of that counts.
        }

        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0
            ? await armour
            : throw new CliException(
                ExitCode.Negative, $"{key} could not be used: {(await complaint).Trim()}",
                "Unlock it with 'rad auth', or give the passphrase by RAD_PASSPHRASE.");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CliException(ExitCode.Negative, "ssh-keygen is not installed.", "It comes with OpenSSH (Debian: openssh-client).", e);
        }
    }

    private static string Home(CliHost host)
        => host.Variable("RAD_HOME") is { Length: > 0 } home ? Path.GetFullPath(home, host.WorkingFolder)
            : Path.Combine(host.Variable("HOME") ?? "/", ".radicle");
}
