using Auxo.Pipeline.Security;
using Auxo.ServiceDefaults.Settings;

namespace Auxo.Pipeline;

/// <summary>What an operator may choose of the pipeline.</summary>
internal static class PipelineSettings
{
    public static readonly IReadOnlyList<KnownSetting> Known =
    [
        new("Auxo__Runner__Capacity", "steps", "builds at the same time", "one per processor"),
        new("Auxo__Runner__Labels", "steps", "labels of the main machine, separated by commas", "its system and processor"),
        new("Auxo__Runner__LeaseSeconds", "steps", "how long a runner may be silent before its steps go elsewhere, in seconds", "60"),
        new("Auxo__Runner__PackMiB", "steps", "the largest part of a repository that is sent to a runner at once", "4096"),
        new("Auxo__Runner__Steps", "steps", "steps of one build at the same time", "one per processor"),
        new("Auxo__Runner__KeepFailed", "steps", "workspaces of failed builds that are kept for 'auxo ci shell', 3 days at most", "3"),
        new("Auxo__Runner__Semgrep", "steps", "the program of the check 'sast'", "semgrep in PATH"),
        new("Auxo__Runner__Trivy", "steps", "the scanner of the check 'dependencies'", "trivy in PATH"),
        new("Auxo__Sandbox", "steps", "'host' turns the sandbox off (never for root)", "on: bubblewrap, or Docker for steps with an image"),
        new("Auxo__Steps__MemoryMiB", "steps", "memory of all processes of a step together", "4096"),
        new("Auxo__Steps__Processes", "steps", "processes and threads of a step", "2048"),
        new("Auxo__Steps__Processors", "steps", "processors' worth of time for a step", "no limit"),
        new("Auxo__Steps__WorkspaceMiB", "steps", "what a workspace may grow to", "8192"),
        new("Auxo__Steps__LogMiB", "steps", "what is kept of a step's output", "256"),
        new("Auxo__Steps__ReadOnlyPaths", "steps", "folders of the host that steps may read besides /usr", "none"),
        new(
            "Auxo__Steps__Registry", "steps",
            "what steps of trusted authors have of the registry: formats, or FORMAT:REPOSITORY, with commas (docs/steps.md)",
            "none: steps hear nothing of it"),
        new(
            "Auxo__Steps__RegistryWrite", "steps", "the repositories of the registry that such steps may write to, with commas",
            "none: they read"),
        new(
            "Auxo__Advisories__Npm", "network", "the npm registry that is asked for advisories where there is no Trivy",
            "none: nobody is asked"),
        new("Auxo__Advisories__NuGet", "network", "the NuGet service index that is asked the same", "none: nobody is asked"),
        new("Auxo__Keep__Builds", "kept", "logs and artifacts of so many newest builds of each repository stay", "100"),
        new("Auxo__Keep__Days", "kept", "and those of all builds that are younger, in days", "90"),
        new(
            "Auxo__Schedules__Off", "steps", "scans that are off unless a repository asks for them: dependency-scan, deep-sast, audit, all",
            "none is off"),
        new(
            DueDates.Variable, "kept", "days after which a finding is overdue, by severity (0: never)",
            "critical=7,high=30,medium=90,low=180"),
        KnownSetting.PublicUrl, KnownSetting.ConsolePublicUrl,
        .. KnownSetting.Disk,
    ];
}
