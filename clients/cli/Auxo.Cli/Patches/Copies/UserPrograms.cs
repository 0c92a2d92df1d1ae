using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Copies;

/// <summary>What a program said until its end.</summary>
/// <param name="Command">What was run, for people: <c>rad patch edit</c>.</param>
/// <param name="ExitCode">Its exit code; null when it did not end in time and was killed.</param>
/// <param name="Output">Its standard output; Radicle's programs write errors there too.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record ProgramRun(string Command, int? ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Its first line of output, without spaces around.</summary>
    public string Line => Output.Split('\n')[0].Trim();

    /// <summary>Itself, when it succeeded.</summary>
    /// <exception cref="CliException">It did not.</exception>
    public ProgramRun Must() => Succeeded ? this : throw ProgramFault.Of(this);
}

/// <summary>
/// The user's own git and rad: with his settings, keys, agent and hooks, as if he had typed it. They get no input and no editor, so they
/// cannot wait for anybody, and they have limits of time.
/// </summary>
internal sealed class UserPrograms(CliHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PushPatience = TimeSpan.FromMinutes(10);
    private Task<string?>? _passphrase;

    /// <summary>Asks git something.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="ct">Kills it.</param>
    /// <param name="arguments">What.</param>
    public Task<ProgramRun> GitAsync(string folder, CancellationToken ct, params IReadOnlyList<string> arguments)
        => RunAsync("git", folder, arguments, Patience, alternates: null, ct);

    /// <summary>Asks git something about objects of which some may lie in another repository only.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="objects">The other repository's folder of objects.</param>
    /// <param name="ct">Kills it.</param>
    /// <param name="arguments">What.</param>
    public Task<ProgramRun> GitWithAsync(string folder, string objects, CancellationToken ct, params IReadOnlyList<string> arguments)
        => RunAsync("git", folder, arguments, Patience, objects, ct);

    /// <summary>Lets git push. Once begun it is not interrupted: killed in the middle it leaves locks behind.</summary>
    public async Task<ProgramRun> PushAsync(string folder, IReadOnlyList<string> arguments)
    {
        var passphrase = await (_passphrase ??= OpenAsync(folder));
        // git quotes an option that is not ASCII, which Radicle's helper does not understand, unless told so.
        return await RunAsync(
            "git", folder, ["-c", "core.quotePath=false", "push", .. arguments], PushPatience, alternates: null, CancellationToken.None,
            passphrase, apart: true);
    }

    /// <summary>Lets rad write. Once begun it is not interrupted.</summary>
    public async Task<ProgramRun> RadAsync(string folder, params IReadOnlyList<string> arguments)
    {
        var passphrase = await (_passphrase ??= OpenAsync(folder));
        return await RunAsync("rad", folder, arguments, Patience, alternates: null, CancellationToken.None, passphrase, apart: true);
    }

    /// <summary>Asks rad something that needs no key.</summary>
    public Task<ProgramRun> AskRadAsync(string folder, CancellationToken ct, params IReadOnlyList<string> arguments)
        => RunAsync("rad", folder, arguments, Patience, alternates: null, ct);

    /// <summary>Lets rad make a profile. Its key is protected by the passphrase; an empty one leaves it open.</summary>
    public Task<ProgramRun> MakeProfileAsync(string alias, string passphrase)
        => RunAsync("rad", "/", ["auth", "--alias", alias], Patience, alternates: null, CancellationToken.None, passphrase);

    /// <summary>Runs another program of the user's, which must be on PATH.</summary>
    public Task<ProgramRun> AskAsync(string program, CancellationToken ct, params IReadOnlyList<string> arguments)
        => RunAsync(program, "/", arguments, Patience, alternates: null, ct);

    /// <summary>Asked once.</summary>
    private Task<string?> OpenAsync(string folder) => KeyLock.OpenAsync(host, async () =>
        string.IsNullOrEmpty(host.Variable("SSH_AUTH_SOCK")) || RadProgram.Find("ssh-add", host.Variable("PATH")) is null ? null
            : (await RunAsync("ssh-add", folder, ["-L"], Patience, alternates: null, CancellationToken.None)).Output);

    private async Task<ProgramRun> RunAsync(
        string program, string folder, IReadOnlyList<string> arguments, TimeSpan patience, string? alternates, CancellationToken ct,
        string? passphrase = null, bool apart = false)
    {
        var file = RadProgram.Find(program, host.Variable("PATH"))
            ?? throw new CliException(
                ExitCode.Usage, $"There is no program '{program}' on your PATH.",
                program == "git" ? "Install git." : "Install Radicle (https://radicle.xyz), or add its folder to PATH.");
        // Ctrl-C goes to all programs of a terminal's job: one that must not be interrupted gets a session of its own.
        var session = apart ? RadProgram.Find("setsid", host.Variable("PATH")) : null;
        var start = new ProcessStartInfo(session ?? file, session is null ? arguments : [file, .. arguments])
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (host.ProgramVariables is { } own)
        {
            start.Environment.Clear();
            foreach (var (name, value) in own) start.Environment[name] = value;
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var editor in (ReadOnlySpan<string>)["EDITOR", "VISUAL", "GIT_EDITOR"]) start.Environment[editor] = "false";
        if (passphrase is not null) start.Environment["RAD_PASSPHRASE"] = passphrase;
        if (alternates is not null) start.Environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = alternates;

        var words = arguments.Where(static a => !a.StartsWith('-') && !a.Contains('=', StringComparison.Ordinal));
        var command = string.Join(' ', words.Take(program == "rad" ? 2 : 1).Prepend(program));
        using var process = Begin(start);
        using var limit = new CancellationTokenSource(patience, host.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            process.StandardInput.Close();
            var output = LimitedText.ReadAsync(process.StandardOutput, () => process.Kill(entireProcessTree: true), both.Token);
            var errors = LimitedText.ReadAsync(process.StandardError, () => process.Kill(entireProcessTree: true), both.Token);
            await process.WaitForExitAsync(both.Token);
            return await output is { } said && await errors is { } complained
                ? new ProgramRun(command, process.ExitCode, said, complained)
                : new ProgramRun(command, ExitCode: null, "", LimitedText.TooLong);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            return new ProgramRun(command, ExitCode: null, "", $"did not end within {patience.TotalMinutes:0} min");
        }
    }

    /// <summary>A file of that name is there, but it may be of another machine, lack its interpreter or the right to be run.</summary>
    private static Process Begin(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} could not be started.");
        }
        catch (Win32Exception e)
        {
            var why = Directory.Exists(start.WorkingDirectory) ? Marshal.GetPInvokeErrorMessage(e.NativeErrorCode)
                : $"there is no folder {start.WorkingDirectory}";
            throw new CliException(
                ExitCode.Usage, $"{start.FileName} cannot be run: {why}.",
                "Is it of this kind of machine, complete and executable? Mend it, or put another one before it on PATH.", e);
        }
    }
}
