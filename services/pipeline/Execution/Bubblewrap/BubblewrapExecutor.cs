using System.Diagnostics;
using System.Globalization;

using Auxo.Pipeline.Execution.Cgroups;
using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Execution.RegistryAccess;

namespace Auxo.Pipeline.Execution.Bubblewrap;

/// <summary>Runs steps in namespaces made by <c>bwrap</c>, which needs no daemon and no image and costs a few milliseconds.</summary>
internal sealed class BubblewrapExecutor : IStepExecutor
{
    /// <summary>
    /// Runs before the sandbox exists, as one process that becomes it: the status channel goes to 3 (bwrap) and 4 (the script),
    /// what lets bwrap go on comes in as 7, the script on the same pipe as 8, the filter as 9.
    /// </summary>
    private const string Launch = """
        exec 3>&2 2>&1 7<&0 8<&0 0</dev/null 4>&3 || exit 125
        [ "$1" = - ] || exec 9<"$1" || exit 125
        shift; umask 022
        { echo 500 >/proc/self/oom_score_adj; } 2>/dev/null
        exec "$@"
        """;

    /// <summary>
    /// The shell in the sandbox says that it is up, and reads its whole script before it does anything of it. Descriptors that this
    /// process inherited from whoever started it are nobody's business.
    /// </summary>
    private const string Shell = """
        BASH_ARGV0=step; echo shell >&4; script=$(</dev/fd/8)
        for fd in /proc/self/fd/*; do fd=${fd##*/}; case $fd in 0|1|2|4) ;; *) eval "exec $fd>&-" ;; esac; done; unset fd
        eval "unset script
        $script"
        """;

    /// <summary>
    /// The same for a shell with the caller's terminal: its script is a file, and nobody asks how far it is. It enters its control groups
    /// itself, before there is a sandbox: nobody stands beside it who could do it in time. Their files come first, up to a '-'.
    /// </summary>
    private const string LaunchShell = """
        while [ "$1" != - ]; do echo $$ >"$1" || exit 125; shift; done; shift
        exec 3>/dev/null 4>&3 7</dev/zero 8<"$1" || exit 125
        [ "$2" = - ] || exec 9<"$2" || exit 125
        shift 2; umask 022
        exec "$@"
        """;

    private readonly string _program;
    private readonly string? _filter;
    private readonly StepUser? _user;
    private readonly CgroupTier? _cgroups;
    private readonly ExecutionSettings _settings;
    private readonly StepLauncher _launcher;
    private readonly TimeProvider _time;
    private readonly StepProcess _process;
    private readonly StepEtc _etc;
    private readonly IReadOnlyList<(string Name, string Path)> _networkFiles;
    private readonly string _probes;

    private BubblewrapExecutor(
        string program, string version, string? filter, StepUser? user, CgroupTier? cgroups,
        ExecutionSettings settings, StepLauncher launcher, TimeProvider time, StepEtc etc,
        IReadOnlyList<(string Name, string Path)> networkFiles, string probes)
    {
        (_program, _filter, _user, _cgroups, _settings, _launcher, _time) = (program, filter, user, cgroups, settings, launcher, time);
        _process = new StepProcess(settings, time);
        (_etc, _networkFiles, _probes) = (etc, networkFiles, probes);
        Sandbox = $"{version}{(filter is null ? "" : ", seccomp")}{(user is null ? "" : $", user {user.Uid}")}; limits: "
            + (cgroups is null ? "rlimits and a watcher" : $"cgroup v{cgroups.Version}");
    }

    /// <inheritdoc/>
    public string Sandbox { get; }

    /// <inheritdoc/>
    public bool IsIsolated => true;

    /// <summary>Tries the sandbox as steps will have it, with less where this machine does not grant all.</summary>
    /// <returns>An executor, or why there is none and what to do.</returns>
    public static (BubblewrapExecutor? Executor, string? Refusal) Detect(
        InstanceLayout layout, ExecutionSettings settings, StepUser? user, StepLauncher launcher, TimeProvider time)
    {
        if (!OperatingSystem.IsLinux()) return (null, "the namespace sandbox needs Linux");
        if (FindProgram("bwrap") is not { } program)
            return (null, "bubblewrap is not installed (apt install bubblewrap, or dnf install bubblewrap)");
        if (OperatorPaths.Refuse(settings.ReadOnlyPaths, layout.Home) is { } refusal) return (null, refusal);
        var version = Probe(program, ["--version"]).Output.Trim();

        var filter = Seccomp.Filter() is { } bytes ? Path.Combine(layout.Steps, "seccomp.bpf") : null;
        if (filter is not null) File.WriteAllBytes(filter, Seccomp.Filter()!);
        var cgroups = CgroupTier.Detect();
        cgroups?.Sweep();

        var etc = new StepEtc(layout.Steps, user ?? StepUser.Effective(), settings.ReadOnlyPaths);
        var networkFiles = StepNetwork.WriteFiles(layout.Steps);
        var why = "";
        foreach (var (tryFilter, tryCgroups) in new[] { (filter, cgroups), (filter, null), (null, null) }.Distinct())
        {
            var executor = new BubblewrapExecutor(
                program, version.Length == 0 ? "bubblewrap" : version, tryFilter, user, tryCgroups, settings, launcher, time,
                etc, networkFiles, Path.Combine(layout.Steps, "probe"));
            var (code, output) = executor.Probe(["true"]);
            if (code == 0) return (executor, null);
            why = output.ReplaceLineEndings(" ").Trim();
        }

        return (null, $"bubblewrap cannot make namespaces here: {why}. In a container it needs --privileged; "
            + "where AppArmor forbids user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0");
    }

    /// <inheritdoc/>
    public async Task<StepExit> RunAsync(StepRun run, CancellationToken ct)
    {
        if (StepScript.Refuse(EnvironmentOf(run, registry: null)) is { } refusal)
            return new StepExit(Outcome.Failed, null, refusal, TimeSpan.Zero);

        var slirp = run.HasNetwork ? StepNetwork.Find() : null;
        if (run.HasNetwork && slirp is null) return new StepExit(
            Outcome.Errored, null, "the step has 'network: true', which needs slirp4netns (apt install slirp4netns)", TimeSpan.Zero);

        return await _process.RunAsync(run, () => TakeAsync(run, slirp), waiting => Script(run, Connect(run, waiting)), ct);
    }

    /// <summary>Opens the way to the registry for a step that is given one, and closes it for every other.</summary>
    /// <returns>The registry's address in the sandbox; null for none.</returns>
    private static string? Connect(StepRun run, WaitingProcess waiting)
    {
        if (run.Registry is not { } registry)
        {
            waiting.Shut();
            return null;
        }

        if (waiting.Open(registry.Socket) is not { } whyNot) return NamespaceListener.Address;
        run.Log.WriteLine($"--- Auxo: the step cannot reach the registry: {whyNot}");
        return null;
    }

    private static Dictionary<string, string> EnvironmentOf(StepRun run, string? registry)
        => StepEnvironment.Of(run, BubblewrapArguments.Home, BubblewrapArguments.Workspace, registry);

    private string Script(StepRun run, string? registry)
        => StepScript.Write(
            run.Step.Commands, EnvironmentOf(run, registry), StepEnvironment.Folder(BubblewrapArguments.Workspace, run.Step), Limits(),
            setUp: StepSetUp.Of(run, BubblewrapArguments.Workspace, registry));

    /// <inheritdoc/>
    public IAsyncDisposable MakeReady(string workspace) => new ReadySandbox(workspace, Arguments(workspace), StartAsync);

    private async Task<WaitingProcess> TakeAsync(StepRun run, string? slirp)
    {
        var workspace = run.Workspace.Path;
        if (slirp is not null) return await StartAsync(
            Arguments(workspace, _networkFiles), new StepNetwork(slirp, _launcher, _time));
        return run.Workspace.TakeReady() is ReadySandbox ready && await ready.TakeAsync(Arguments(ready.Workspace)) is { } waiting
            ? waiting
            : await StartAsync(Arguments(workspace));
    }

    private Task<WaitingProcess> StartAsync(IReadOnlyList<string> arguments) => StartAsync(arguments, network: null);

    private async Task<WaitingProcess> StartAsync(IReadOnlyList<string> arguments, StepNetwork? network)
    {
        var cgroup = _cgroups?.Create(_settings);
        try
        {
            return await WaitingProcess.StartSandboxAsync(
                _launcher, Start(arguments), _user, cgroup, network, _time, _settings.MakesWay || _settings.Registry.AreGiven);
        }
        catch
        {
            if (cgroup is not null) await cgroup.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// A program with the terminal of whoever calls, in the sandbox of steps and without a network. A terminal of its own is made
    /// inside, so that nothing in there can type into the caller's.
    /// </summary>
    /// <param name="workspace">The folder on the host.</param>
    /// <param name="environment">Checked by <see cref="StepScript.Refuse"/>.</param>
    /// <param name="folder">Where it begins, as the sandbox has it.</param>
    /// <param name="isTerminal">Somebody sits before it.</param>
    /// <param name="script">A file that is the caller's, for what is handed over.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunShellAsync(
        string workspace, IReadOnlyDictionary<string, string> environment, string folder, bool isTerminal, string script)
    {
        var shell = isTerminal
            ? "if command -v script >/dev/null; then exec script -qec 'exec bash --norc -i' /dev/null; fi; exec bash --norc -i"
            : "exec bash --norc";
        PrivateFiles.Write(script, StepScript.Write([], environment, folder, Limits()) + shell + "\n");
        // The step's account opens it by its descriptor; the folder around it is closed to all others.
        File.SetUnixFileMode(script, (UnixFileMode)0b110_100_100);
        var start = Start(Arguments(workspace));
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = false;
        start.ArgumentList[1] = LaunchShell;
        StepCgroup? cgroup = null;
        try
        {
            cgroup = _cgroups?.Create(_settings);
            foreach (var (i, argument) in ((string[])
                [.. (cgroup?.Folders ?? []).Select(static folder => Path.Combine(folder, "cgroup.procs")), "-", script]).Index())
                start.ArgumentList.Insert(3 + i, argument);
            using var process = Process.Start(start) ?? throw new InvalidOperationException("/bin/sh could not be started.");
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        finally
        {
            if (cgroup is not null) await cgroup.DisposeAsync();
        }
    }

    /// <summary>What of an ordinary machine a step does not find here. Takes one run of the sandbox.</summary>
    public IReadOnlyList<MachineLook> LookAround()
    {
        IReadOnlyList<MachineLook> looks = [.. MachineLook.Usual, .. _settings.ReadOnlyPaths.Select(MachineLook.AtPath)];
        var (code, output) = Probe([MachineLook.Script(looks)]);
        return code == 0
            ? MachineLook.Failed(looks, output)
            : [new("its sandbox", "", $"try again; it ended with {code}: {output.ReplaceLineEndings(" ").Trim()}")];
    }

    private IEnumerable<string> Limits()
    {
        yield return "ulimit -c 0";
        yield return string.Create(CultureInfo.InvariantCulture, $"ulimit -t {(long)Math.Ceiling(_settings.ProcessorTime.TotalSeconds)}");
        yield return string.Create(CultureInfo.InvariantCulture, $"ulimit -f {_settings.FileBytes >> 10}");
        // Counted per user namespace; a control group counts better, and as root this would count all steps together. A little
        // above the limit, so that
        // the watcher sees it passed and says why.
        if (_cgroups is null) yield return string.Create(CultureInfo.InvariantCulture, $"ulimit -u {_settings.Processes + 64}");
    }

    private IReadOnlyList<string> Arguments(string workspace, IReadOnlyList<(string Name, string Path)>? over = null)
        => [.. BubblewrapArguments.For(workspace, _etc.Current(), over ?? [], _user, _settings, _filter is not null)];

    private ProcessStartInfo Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            UseShellExecute = false, WorkingDirectory = "/",
        };
        foreach (var argument in (IEnumerable<string>)
            ["-c", Launch, "auxo", _filter ?? "-", _program, .. arguments, "bash", "--noprofile", "--norc", "-c", Shell])
            start.ArgumentList.Add(argument);

        // The step's own variables come with the script: none of them (LD_PRELOAD, BASH_ENV, …) touches what runs outside the sandbox.
        start.Environment.Clear();
        start.Environment["PATH"] = StepEnvironment.SearchPath;
        return start;
    }

    private (int Code, string Output) Probe(string[] commands)
    {
        StepCgroup? cgroup = null;
        try
        {
            var start = Start(Arguments(Directory.CreateDirectory(_probes).FullName));
            cgroup = _cgroups?.Create(_settings);
            var environment = StepEnvironment.Fixed(BubblewrapArguments.Home);
            var script = StepScript.Write(commands, environment, BubblewrapArguments.Workspace, Limits());
            return Probe(start, "\n" + script, cgroup, _user);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (125, e.Message);
        }
        finally
        {
            // A group is busy until the last process of the namespace has been taken apart.
            foreach (var folder in cgroup?.Folders ?? []) SpinWait.SpinUntil(
                () => StepCgroup.TryRemove(folder), TimeSpan.FromMilliseconds(500));
        }
    }

    private static (int Code, string Output) Probe(string program, string[] arguments)
        => Probe(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true,
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false }, "");

    /// <summary>Once, before the first step, and for milliseconds: waiting here keeps the choice of an executor a plain question.</summary>
    private static (int Code, string Output) Probe(
        ProcessStartInfo start, string input, StepCgroup? cgroup = null, StepUser? user = null)
    {
        using var probe = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} could not be started.");
        try
        {
            StepPipes.GiveTo(user, probe);
            cgroup?.Enter(probe.Id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            probe.Kill();
            return (125, e.Message);
        }

        try
        {
            probe.StandardInput.Write(input);
            probe.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read; what it printed says why.
        }

        var output = probe.StandardOutput.ReadToEnd();
        probe.WaitForExit();
        return (probe.ExitCode, output);
    }

    internal static string? FindProgram(string name)
        => StepEnvironment.SearchPath.Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
