using System.Diagnostics;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.Bubblewrap;
using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Local.Shell;

/// <summary>
/// <c>ci shell BUILD [STEP]</c>: a shell in the workspace that a failed build left, in the sandbox and with the variables of the step,
/// without its secrets, its services and its network. No service is asked.
/// </summary>
internal sealed partial class StepShell(string place, TextWriter output, IConfiguration configuration)
{
    /// <summary>The word by which it is asked for.</summary>
    public const string Word = "shell";

    /// <summary>Opens it and waits for its end.</summary>
    /// <param name="build">An id, or the beginning of one.</param>
    /// <param name="name">The step; null for the first that failed.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>The exit code of the shell.</returns>
    /// <exception cref="LocalException">The workspace is gone, or there is no such step.</exception>
    public async Task<int> RunAsync(string build, string? name, CancellationToken ct)
    {
        var most = RunnerSettings.From(configuration).KeepFailed;
        var kept = new KeptWorkspaces(InstanceLayout.Locate(word => configuration[word]), most, disk: null, TimeProvider.System);
        if (await FindAsync(kept, build, ct) is not var (about, tree)) throw new LocalException(
            $"The workspace of build {build} is not here. Those of the last {most} builds whose steps failed are kept "
            + $"(Auxo__Runner__KeepFailed), for {KeptWorkspaces.Age.Days} days, and none while the disk is nearly full. "
            + $"Do it once more in a clone of the repository: auxo ci replay {build}");
        name ??= about.Failed[0];
        if (about.Steps.FirstOrDefault(step => step.Name == name) is not { } step) throw new LocalException(
            $"Build {BuildId.Short(about.BuildId)} has no step '{name}'. "
            + $"It has: {string.Join(", ", about.Steps.Select(static step => step.Name))}.");
        if (step.Image is { } image) throw new LocalException(
            $"The step '{name}' runs in the image {image}. Open it yourself: "
            + $"docker run --rm -it --network none --user {Owner()} --cap-drop ALL --security-opt no-new-privileges "
            + $"-v {StepScript.Quote(tree)}:/workspace -w /workspace {image} sh");
        return await OpenAsync(about, tree, step);
    }

    /// <summary>As whom a step's container runs.</summary>
    private static string Owner()
    {
        var user = StepUser.Current() ?? StepUser.Effective();
        return $"{user.Uid}:{user.Gid}";
    }

    private static async Task<(KeptBuild, string)?> FindAsync(KeptWorkspaces kept, string build, CancellationToken ct)
    {
        try
        {
            return await kept.FindAsync(build, ct);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new LocalException($"{e.Message} Workspaces belong to the account that Auxo runs as; call this as that one.");
        }
    }

    private async Task<int> OpenAsync(KeptBuild about, string tree, CommandStep step)
    {
        var layout = new InstanceLayout(Path.Combine(place, "home"));
        layout.Make();
        var (settings, user) = (ExecutionSettings.From(configuration), StepUser.Current());
        var time = TimeProvider.System;
        var (sandbox, refusal) = settings.Sandbox == "host"
            ? (null, "on the host (Auxo__Sandbox=host)")
            : BubblewrapExecutor.Detect(layout, settings, user, new StepLauncher(), time);
        if (sandbox is null && settings.Sandbox != "host") throw new LocalException(refusal!);

        var isTerminal = !Console.IsInputRedirected && !Console.IsOutputRedirected;
        var (home, workspace) = sandbox is null
            ? (Directory.CreateDirectory(Path.Combine(place, "user")).FullName, tree)
            : (BubblewrapArguments.Home, BubblewrapArguments.Workspace);
        var environment = StepEnvironment.Of(about.BuildId, step, about.Variables, home, workspace);
        environment["PS1"] = $@"{step.Name}:\w\$ ";
        if (isTerminal && Terminal().IsMatch(configuration["TERM"] ?? "")) environment["TERM"] = configuration["TERM"]!;
        await output.WriteLineAsync(
            $"Build {BuildId.Short(about.BuildId)} of {about.Repository} at {about.Commit.Short}, step {step.Name}, "
            + $"{(sandbox is null ? refusal : "in its sandbox")}, without a network{Without(step)}. What it ran:");
        foreach (var command in step.Commands) await output.WriteLineAsync("  $ " + string.Join(
            "\n  > ", command.TrimEnd().ReplaceLineEndings("\n").Split('\n').Select(static line => PlainText.OneLine(line))));
        await output.FlushAsync();
        var folder = StepEnvironment.Folder(workspace, step);
        return sandbox is not null
            ? await sandbox.RunShellAsync(tree, environment, folder, isTerminal, Path.Combine(place, "script"))
            : await OnHostAsync(environment, folder);
    }

    private static string Without(CommandStep step)
    {
        var words = new List<string>();
        if (step.Secrets is { Count: > 0 } secrets) words.Add($"the secrets {string.Join(", ", secrets)}");
        if (step.Services.Count > 0) words.Add("its services");
        return words.Count == 0 ? "" : $" and without {string.Join(" and ", words)}";
    }

    private static async Task<int> OnHostAsync(Dictionary<string, string> environment, string folder)
    {
        var start = new ProcessStartInfo("bash", ["--norc"]) { UseShellExecute = false, WorkingDirectory = folder };
        environment["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? StepEnvironment.SearchPath;
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new LocalException("bash could not be started.");
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    [GeneratedRegex(@"^[A-Za-z0-9.+-]{1,40}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Terminal();
}
