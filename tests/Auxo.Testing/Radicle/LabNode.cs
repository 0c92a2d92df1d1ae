using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Auxo.Testing.Radicle;

/// <summary>One node of a <see cref="RadicleLab"/>: its home, its socket, its work trees, and the programs run as its owner.</summary>
public sealed partial class LabNode : IDisposable
{
    private readonly string _folder;
    private ReservedPort? _port;
    private Process? _process;

    private LabNode(string folder, string alias, string nid) => (_folder, Alias, Nid) = (folder, alias, nid);

    /// <summary>The node's alias.</summary>
    public string Alias { get; }

    /// <summary>The node id, <c>z6Mk…</c>.</summary>
    public string Nid { get; }

    /// <summary>RAD_HOME.</summary>
    public string Home => Path.Combine(_folder, Alias);

    /// <summary>RAD_SOCKET.</summary>
    public string Socket => Path.Combine(_folder, "s-" + Alias);

    /// <summary>Where it listens, since its first start.</summary>
    public string Address => $"127.0.0.1:{_port?.Number ?? throw new InvalidOperationException("It has never been started.")}";

    /// <summary>True between start and stop.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The node's process id while it runs.</summary>
    public int? ProcessId => IsRunning ? _process!.Id : null;

    /// <summary>The work tree of a repository.</summary>
    public string WorkTree(string repository) => Path.Combine(_folder, "work", Alias, repository);

    /// <summary>The bare repository in this node's storage.</summary>
    public string Storage(string rid) => Path.Combine(Home, "storage", rid["rad:".Length..]);

    internal static async Task<LabNode> CreateAsync(string folder, string alias, CancellationToken cancellationToken)
    {
        var unborn = new LabNode(folder, alias, "");
        await unborn.RunAsync(folder, cancellationToken, "rad", "auth", "--alias", alias);
        await File.WriteAllTextAsync(
            Path.Combine(unborn.Home, "config.json"),
            $$"""
            {
              "preferredSeeds": [], "cli": { "hints": false },
              "node": {
                "alias": "{{alias}}", "network": "test", "listen": [], "connect": [], "peers": { "type": "static" },
                "seedingPolicy": { "default": "block" }
              }
            }
            """,
            cancellationToken);
        var did = await unborn.RunAsync(folder, cancellationToken, "rad", "self", "--did");
        return new LabNode(folder, alias, did.Trim()["did:key:".Length..]);
    }

    /// <summary>Starts the node and waits until it listens and answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsRunning) return;
        _port ??= ReservedPort.Take();
        var start = Info(_folder, "radicle-node", ["--force", "--listen", Address]);
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Read(object sender, DataReceivedEventArgs line)
        {
            if (line.Data?.Contains("Listening on " + Address, StringComparison.Ordinal) == true) listening.TrySetResult();
        }

        _process.OutputDataReceived += Read;
        _process.ErrorDataReceived += Read;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await listening.Task.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken);
        await Eventually.TrueAsync(
            async () => await TryRunAsync(_folder, cancellationToken, "rad", "node", "status", "--only", "nid") is { ExitCode: 0 },
            $"the node of {Alias} answers");
    }

    /// <summary>Ends the node in order; it needs one to two seconds.</summary>
    public async Task StopAsync()
    {
        if (_process is not { HasExited: false } process) return;
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(15));
        File.Delete(Socket);
    }

    /// <summary>Kills the node.</summary>
    public async Task KillAsync()
    {
        if (_process is not { HasExited: false } process) return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>Gives the port back; the node must have ended.</summary>
    public void Dispose()
    {
        _process?.Dispose();
        _port?.Dispose();
    }

    /// <summary>Runs <c>rad</c>.</summary>
    public Task<string> RadAsync(CancellationToken cancellationToken, params string[] arguments)
        => RunAsync(_folder, cancellationToken, ["rad", .. arguments]);

    /// <summary>Runs <c>rad</c> and returns its exit code, whatever it is.</summary>
    public async Task<int> TryRadAsync(CancellationToken cancellationToken, params string[] arguments)
        => (await TryRunAsync(_folder, cancellationToken, ["rad", .. arguments])).ExitCode;

    /// <summary>Runs git in a folder.</summary>
    public Task<string> GitAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
        => RunAsync(folder, cancellationToken, ["git", .. arguments]);

    /// <summary>Commits everything in a work tree and returns the commit.</summary>
    public async Task<string> CommitAsync(string tree, string message, CancellationToken cancellationToken)
    {
        await GitAsync(tree, cancellationToken, "add", "-A");
        await GitAsync(tree, cancellationToken, "commit", "-q", "--allow-empty", "-m", message);
        return (await GitAsync(tree, cancellationToken, "rev-parse", "HEAD")).Trim();
    }

    /// <summary>Opens a patch with these files on top of the canonical <c>main</c>; returns patch id and head.</summary>
    public async Task<(string Patch, string Head)> OpenPatchAsync(
        string repository, string title, IReadOnlyDictionary<string, string> files,
        CancellationToken cancellationToken, params string[] pushOptions)
    {
        var tree = WorkTree(repository);
        await GitAsync(tree, cancellationToken, "checkout", "-q", "-B", "work-" + Guid.NewGuid().ToString("N")[..8], "rad/main");
        Write(tree, files);
        var head = await CommitAsync(tree, title, cancellationToken);
        var result = await MustAsync(
            tree, cancellationToken,
            ["git", "push", "rad", .. pushOptions.SelectMany(o => (string[])["-o", o]), "-o", "patch.message="
                + title, "HEAD:refs/patches"]);
        return (PatchOpened().Match(result.Errors).Groups["id"].Value, head);
    }

    /// <summary>Adds a revision to the patch whose branch is checked out; returns revision id and head.</summary>
    public async Task<(string Revision, string Head)> UpdatePatchAsync(
        string repository, string patch, IReadOnlyDictionary<string, string> files,
        CancellationToken cancellationToken, params string[] pushOptions)
    {
        var tree = WorkTree(repository);
        Write(tree, files);
        var head = await CommitAsync(tree, "Next revision", cancellationToken);
        var result = await MustAsync(
            tree, cancellationToken,
            ["git", "push", "-f", "rad", .. pushOptions.SelectMany(o => (string[])["-o", o]), "-o",
                "patch.message=Next revision", $"HEAD:refs/heads/patches/{patch}"]);
        return (PatchUpdated().Match(result.Errors).Groups["id"].Value, head);
    }

    /// <summary>Merges a patch into <c>main</c> and pushes it; returns the new head.</summary>
    public async Task<string> MergePatchAsync(string repository, string patch, CancellationToken cancellationToken)
    {
        var tree = WorkTree(repository);
        await GitAsync(tree, cancellationToken, "checkout", "-q", "main");
        await RunAsync(tree, cancellationToken, "rad", "patch", "checkout", patch, "--force");
        await GitAsync(tree, cancellationToken, "checkout", "-q", "main");
        await GitAsync(tree, cancellationToken, "merge", "-q", "--no-edit", "patch/" + patch[..7]);
        await GitAsync(tree, cancellationToken, "push", "-q", "rad", "main:refs/heads/main");
        return (await GitAsync(tree, cancellationToken, "rev-parse", "HEAD")).Trim();
    }

    /// <summary>The bodies of a patch's comments as this node's <c>rad</c> shows them.</summary>
    public async Task<string> PatchJsonAsync(string rid, string patch, CancellationToken cancellationToken)
        => await RadAsync(cancellationToken, "cob", "show", "--repo", rid, "--type", "xyz.radicle.patch", "--object", patch);

    /// <summary>Runs a program with this node's environment; throws with its output when it fails.</summary>
    public async Task<string> RunAsync(string folder, CancellationToken cancellationToken, params string[] command)
        => (await MustAsync(folder, cancellationToken, command)).Output;

    internal static void Write(string tree, IReadOnlyDictionary<string, string> files)
    {
        foreach (var (path, content) in files)
        {
            var full = Path.Combine(tree, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, content);
            if (path.EndsWith(".sh", StringComparison.Ordinal)) File.SetUnixFileMode(full, (UnixFileMode)0b111_101_101);
        }
    }

    private async Task<(int ExitCode, string Output, string Errors)> MustAsync(
        string folder, CancellationToken cancellationToken, params string[] command)
    {
        var result = await TryRunAsync(folder, cancellationToken, command);
        return result.ExitCode == 0
            ? result
            : throw new InvalidOperationException(
                $"{Alias}: {string.Join(' ', command)} ended with {result.ExitCode}:\n{result.Output}{result.Errors}");
    }

    private async Task<(int ExitCode, string Output, string Errors)> TryRunAsync(
        string folder, CancellationToken cancellationToken, params string[] command)
    {
        using var process = Process.Start(Info(folder, command[0], command[1..]))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    private ProcessStartInfo Info(string folder, string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardInput = true,
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in Environment()) start.Environment[name] = value;
        foreach (var leak in (ReadOnlySpan<string>)[
            "SSH_AUTH_SOCK", "SSH_AGENT_PID", "XDG_CONFIG_HOME", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "RAD_KEYGEN_SEED"])
            start.Environment.Remove(leak);
        return start;
    }

    /// <summary>What makes a program act as this node's owner and see nothing of the caller's own Radicle or git.</summary>
    public IReadOnlyDictionary<string, string> Environment() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["RAD_HOME"] = Home,
        ["RAD_SOCKET"] = Socket,
        ["RAD_PASSPHRASE"] = "",
        ["HOME"] = _folder,
        ["EDITOR"] = "false",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_AUTHOR_NAME"] = Alias,
        ["GIT_AUTHOR_EMAIL"] = Alias + "@example.org",
        ["GIT_COMMITTER_NAME"] = Alias,
        ["GIT_COMMITTER_EMAIL"] = Alias + "@example.org",
    };

    [GeneratedRegex("Patch (?<id>[0-9a-f]{40}) (opened|drafted)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PatchOpened();

    [GeneratedRegex("updated to revision (?<id>[0-9a-f]{40})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PatchUpdated();
}
