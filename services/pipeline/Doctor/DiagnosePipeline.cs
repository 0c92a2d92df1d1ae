using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Advisories;
using Auxo.Pipeline.Checks.Analysis;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Checks.Locks;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.Bubblewrap;
using Auxo.Pipeline.Execution.Cgroups;
using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Local;
using Auxo.Pipeline.StepSecrets.Keys;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Doctor;

using Npgsql;

namespace Auxo.Pipeline.Doctor;

/// <summary>
/// <c>GET /diagnosis</c>, and <c>Auxo.Pipeline diagnose</c>: what holds steps in here and why not more, and the tools of the
/// built-in checks.
/// </summary>
public static class DiagnosePipeline
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/diagnosis", static async (
            StepExecutors executors, VerdictCache cache, NpgsqlDataSource database, SecretKeys keys, ExecutionSettings settings,
            InstanceLayout layout, CancellationToken ct)
            => TypedResults.Ok(new DiagnosisAnswer(
            [
                .. await LookAsync(executors, cache.Advisories, ct), await RegistryDiagnosis.LookAsync(settings.Registry, layout, ct),
                .. await SecretsDiagnosis.LookAsync(database, keys, ct),
            ])))
            .WithName("DiagnosePipeline").RequireScope("pipeline:read");

    /// <summary>As the service would find it, without the service: in a folder of its own, so that looking makes nothing.</summary>
    public static async Task<IReadOnlyList<Diagnosis>> LookAsync(CancellationToken ct)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var folder = Directory.CreateTempSubdirectory("auxo-doctor-").FullName;
        try
        {
            var layout = new InstanceLayout(folder);
            layout.Make();
            await using var executors = new StepExecutors(layout, ExecutionSettings.From(configuration),
                StepUser.Current(), new StepLauncher(), TimeProvider.System);
            return await LookAsync(executors, LocalAdvisories.From(configuration, folder), ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Diagnosis>> LookAsync(
        StepExecutors executors, AdvisorySources advisories, CancellationToken ct)
        => [Sandbox(executors), .. Limits(executors), .. Filter(executors), .. Steps(executors), .. Network(executors), await GitAsync(ct),
            await ShellCheckAsync(ct), await SemgrepAsync(ct), await DependenciesAsync(advisories, ct), Docker(executors)];

    private static Diagnosis Sandbox(StepExecutors executors)
        => executors.Refusal is { } refusal
            ? new Diagnosis("sandbox", Health.Trouble, $"steps of pipeline files cannot run here (the built-in checks can): {refusal}",
                "sudo apt install bubblewrap   (or what the line above says)")
            : executors.IsHost
                ? new Diagnosis("sandbox", Health.Warning, "none: steps run as your own user with all its rights (Auxo__Sandbox=host)",
                    "unset Auxo__Sandbox, unless you build only your own code")
                : new Diagnosis("sandbox", Health.Fine, executors.Describe());

    private static IEnumerable<Diagnosis> Limits(StepExecutors executors)
    {
        if (executors.Refusal is not null || executors.IsHost || !OperatingSystem.IsLinux()) yield break;
        yield return executors.Describe() switch
        {
            var text when text.Contains("cgroup v2", StringComparison.Ordinal) => new Diagnosis(
                "limits", Health.Fine, "by control groups (version 2): memory, processes and processor time of a whole step"),
            var text when text.Contains("cgroup v1", StringComparison.Ordinal)
                => new Diagnosis("limits", Health.Fine,
                    "by control groups (version 1, since this machine mounts no version 2 that may be used): memory "
                        + "and processes of a whole step"),
            _ => new Diagnosis(
                "limits", Health.Warning,
                CgroupTier.Detect() is null
                    ? "per process, and by a watcher: no control group may be written here, so a step's memory is measured, not bounded"
                    : "per process, and by a watcher: control groups can be written, but the sandbox does not start in them",
                "start Auxo in a scope of its own: systemd-run --user --scope -p Delegate=yes ./auxo up"),
        };
    }

    private static IEnumerable<Diagnosis> Filter(StepExecutors executors)
    {
        if (executors.Refusal is not null
            || executors.IsHost || executors.Describe().Contains("seccomp", StringComparison.Ordinal)) yield break;
        yield return new Diagnosis(
            "seccomp", Health.Warning,
            Seccomp.Filter() is null
                ? "no filter of system calls is known for this processor"
                : "the kernel or bubblewrap refuses our filter of system calls; steps run without it");
    }

    /// <summary>The short form of <c>docs/steps.md</c>, in the sandbox itself.</summary>
    private static IEnumerable<Diagnosis> Steps(StepExecutors executors)
    {
        if (executors.Refusal is not null || executors.IsHost) return [];
        var missing = executors.NotFound();
        return missing.Count == 0
            ? [new Diagnosis(
                "steps", Health.Fine, "find an ordinary machine: users, hosts, devices, certificates, temporary files, processors")]
            : missing.Select(static look => new Diagnosis("steps", Health.Warning, $"do not find {look.What}", look.Next));
    }

    private static IEnumerable<Diagnosis> Network(StepExecutors executors)
    {
        if (executors.Refusal is not null || executors.IsHost) yield break;
        yield return executors.NetworkRefusal(Trust.Trusted) is { } refusal
            ? new Diagnosis("network", Health.Fine, $"steps have none: {refusal}")
            : StepNetwork.Find() is null ? new Diagnosis(
                "network", Health.Warning, "slirp4netns is not installed; steps with 'network: true' cannot run",
                "sudo apt install slirp4netns")
            : new Diagnosis("network", Health.Fine, "steps with 'network: true' of trusted authors reach what this machine reaches");
    }

    private static async Task<Diagnosis> GitAsync(CancellationToken ct)
        => await Diagnose.FirstLineAsync("git", ["--version"], ct) is { } version
            ? new Diagnosis("git", Health.Fine, version)
            : new Diagnosis("git", Health.Trouble, "not installed; nothing can be read or built without it", "sudo apt install git");

    private static async Task<Diagnosis> ShellCheckAsync(CancellationToken ct)
    {
        if (ToolProcess.Find("shellcheck") is not { } path) return new Diagnosis(
            "shellcheck", Health.Warning, "not installed; the check 'shellcheck' is skipped in every build", "sudo apt install shellcheck");
        var exit = await ToolProcess.RunAsync(path, ["--version"], "/", TimeSpan.FromSeconds(5), ct);
        return new Diagnosis("shellcheck", Health.Fine, exit.Output.Split('\n')
            .FirstOrDefault(static l => l.StartsWith("version:", StringComparison.Ordinal)) ?? "installed");
    }

    private static async Task<Diagnosis> SemgrepAsync(CancellationToken ct)
    {
        const string Name = Semgrep.Program;
        var rules = RulePack.Own;
        if (rules.Count == 0) return new Diagnosis(Name, Health.Trouble, "the rules of the check 'sast' are missing from this program",
            "./auxo up   (builds it again)");
        if (ToolProcess.Find(Name) is not { } path) return new Diagnosis(
            Name, Health.Warning, "not found; the check 'sast' is skipped in every build that has source files",
            "pipx install semgrep   (or say where it is: Auxo__Runner__Semgrep)");
        try
        {
            return await Semgrep.VersionAsync(path, ct) is { } version
                ? new Diagnosis(Name, Health.Fine, $"{version}, with {rules.Count} rules of Auxo")
                : new Diagnosis(
                    Name, Health.Trouble, $"{path} does not say its version, so the check 'sast' will fail", "pipx reinstall semgrep");
        }
        catch (TimeoutException e)
        {
            return new Diagnosis(Name, Health.Warning, e.Message);
        }
    }

    private static async Task<Diagnosis> DependenciesAsync(AdvisorySources advisories, CancellationToken ct)
    {
        const string Name = "dependencies";
        var (trivy, why) = await Trivy.FindAsync(advisories, ct);
        var asked = Enum.GetValues<Registry>().Where(registry => advisories.Of(registry) is not null)
            .Select(AdvisorySources.NameOf).ToList();
        var registries = $"the advisories of {string.Join(" and ", asked)}";
        return trivy switch
        {
            null when asked.Count == 0 => new Diagnosis(
                Name, Health.Warning, $"{why}, and no registry is set: the check 'dependencies' is skipped in every build with lock files",
                "install trivy, or set Auxo__Advisories__Npm and Auxo__Advisories__NuGet (docs/dependencies.md)"),
            null => new Diagnosis(Name, Health.Fine, $"by {registries}; {why}"),
            _ when trivy.Age(advisories.Time).FirstOrDefault() is { } old => new Diagnosis(Name, Health.Warning, old.Message, Trivy.Update),
            _ => new Diagnosis(
                Name, Health.Fine,
                $"by trivy, database of {Dependencies.Date(trivy.UpdatedAt)}{(asked.Count == 0 ? "" : $", and by {registries}")}"),
        };
    }

    private static Diagnosis Docker(StepExecutors executors)
        => executors.ImageRefusal is { } refusal
            ? new Diagnosis("docker", Health.Fine, $"not used: {refusal}; only steps that name an image need it")
            : new Diagnosis("docker", Health.Fine, "steps that name an image can run");
}
