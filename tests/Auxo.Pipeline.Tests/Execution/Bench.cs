using System.Diagnostics;
using System.Text;

using Auxo.Contracts;
using Auxo.Instances;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>A private AUXO_HOME, a git repository, and everything needed to run one step in it.</summary>
public sealed class Bench : IDisposable
{
    /// <summary>Small enough that a test that runs into a limit ends at once.</summary>
    public static readonly ExecutionSettings Small = new()
    {
        MemoryBytes = 256 << 20, Processes = 64, FileBytes = 8 << 20, WorkspaceBytes = 16 << 20,
        TemporaryBytes = 16 << 20, LogBytes = 1 << 20,
        Grace = TimeSpan.FromMilliseconds(300), WatchInterval = TimeSpan.FromMilliseconds(20), DiskReserveBytes = 1 << 20,
    };

    private readonly StepLauncher _launcher = new();

    public Bench(ExecutionSettings? settings = null)
    {
        Folder = Directory.CreateTempSubdirectory("auxo-step-test-").FullName;
        Layout = new InstanceLayout(Path.Combine(Folder, "home"));
        Layout.Make();
        Source = Path.Combine(Folder, "source");
        Settings = settings ?? Small;
        Logs = new LogStore(Layout, Settings, TimeProvider.System);
        Workspaces = new WorkspaceStore(Layout, StepUser.Current());
        Executors = new StepExecutors(Layout, Settings, StepUser.Current(), _launcher, TimeProvider.System);
        Git(Folder, "init", "-q", "-b", "main", Source);
    }

    public string Folder { get; }

    public InstanceLayout Layout { get; }

    public string Source { get; }

    public ExecutionSettings Settings { get; }

    public LogStore Logs { get; }

    public WorkspaceStore Workspaces { get; }

    public StepExecutors Executors { get; }

    /// <summary>Its limit is one that only a step reaches that nobody stops.</summary>
    public static CommandStep Step(params string[] commands)
        => new("test", commands, null, new Dictionary<string, string>(), TimeSpan.FromMinutes(5), null, []);

    public static string Git(string folder, params string[] arguments) => Git(folder, [], arguments);

    public static string Git(string folder, byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in (string[])["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org",
            .. arguments]) start.ArgumentList.Add(argument);
        using var git = Process.Start(start)!;
        git.StandardInput.BaseStream.Write(input);
        git.StandardInput.Close();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"git {string.Join(' ', arguments)} ended with {git.ExitCode}");
        return output.Trim();
    }

    /// <summary>Commits files of the source; a name that ends in <c>/</c> is not allowed.</summary>
    public CommitId Commit(params (string Name, string Content)[] files)
    {
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(Source, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, content);
        }

        Git(Source, "add", "-A");
        Git(Source, "commit", "-q", "--allow-empty", "-m", "c");
        return CommitId.Parse(Git(Source, "rev-parse", "HEAD"));
    }

    /// <summary>
    /// Runs a step in a fresh workspace, in which a sandbox waits as in a build; the log is returned as Latin-1, byte for byte.
    /// </summary>
    public async Task<(StepExit Exit, string Log)> RunAsync(
        CommandStep step, Func<Workspace, Task>? afterwards = null, bool hasNetwork = false, IStepExecutor? executor = null,
        bool isTrusted = false, StepRegistry? registry = null, CancellationToken ct = default)
    {
        var build = Guid.NewGuid();
        await using var workspace = await Workspaces.PrepareAsync(
            Source, Commit(("README.md", "hello\n")), build, CancellationToken.None,
            step.Image is null ? Executors.MakeReady : null);
        var log = await Logs.OpenAsync(build, step.Name, CancellationToken.None);
        executor ??= Executors.For(step).Executor;
        Assert.SkipWhen(executor is null, $"no sandbox here: {Executors.For(step).Refusal}");
        var exit = await executor.RunAsync(
            new StepRun(build, step, workspace, log, new Dictionary<string, string> { ["AUXO_COMMIT"] = "c0ffee" })
            {
                HasNetwork = hasNetwork, IsTrusted = isTrusted, Registry = registry,
            }, ct);
        await log.CompleteAsync();
        if (afterwards is not null) await afterwards(workspace);
        return (exit, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(log.Path, CancellationToken.None)));
    }

    /// <summary>Runs a trusted author's step in a workspace that is there; the log is returned as Latin-1.</summary>
    public async Task<(StepExit Exit, string Log)> RunInAsync(Workspace workspace, CommandStep step)
    {
        var build = Guid.NewGuid();
        var log = await Logs.OpenAsync(build, step.Name, CancellationToken.None);
        var exit = await Executors.For(step).Executor!.RunAsync(
            new StepRun(build, step, workspace, log, new Dictionary<string, string>()) { IsTrusted = true }, CancellationToken.None);
        await log.CompleteAsync();
        return (exit, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(log.Path, CancellationToken.None)));
    }

    public void Dispose()
    {
        // Containers go, and with them what they have mounted.
        Executors.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _launcher.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
