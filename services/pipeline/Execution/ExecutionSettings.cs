using System.Globalization;

using Auxo.Pipeline.Execution.RegistryAccess;

namespace Auxo.Pipeline.Execution;

/// <summary>What the operator allows steps to use; section <c>Auxo:Steps</c> (environment: <c>Auxo__Steps__MemoryMiB=4096</c>).</summary>
public sealed record ExecutionSettings
{
    /// <summary>
    /// <c>auto</c> (the namespace sandbox), or <c>host</c>: no sandbox at all, for people who build only their own code. Key
    /// <c>Auxo:Sandbox</c>.
    /// </summary>
    public string Sandbox { get; init; } = "auto";

    /// <summary>Memory of all processes of a step together, files in <c>/tmp</c> included where a control group counts them.</summary>
    public long MemoryBytes { get; init; } = 4L << 30;

    /// <summary>Processes and threads of a step.</summary>
    public int Processes { get; init; } = 2048;

    /// <summary>Processors' worth of time; null for no cap.</summary>
    public double? Processors { get; init; }

    /// <summary>Processor time of one process.</summary>
    public TimeSpan ProcessorTime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The largest single file.</summary>
    public long FileBytes { get; init; } = 4L << 30;

    /// <summary>What the workspace may grow to.</summary>
    public long WorkspaceBytes { get; init; } = 8L << 30;

    /// <summary>Size of the private <c>/tmp</c>, and again of the private home (both in memory).</summary>
    public long TemporaryBytes { get; init; } = 1L << 30;

    /// <summary>Steps are stopped when the disk has less than this left.</summary>
    public long DiskReserveBytes { get; init; } = 512L << 20;

    /// <summary>What is kept of one step's output; the rest is read and dropped.</summary>
    public long LogBytes { get; init; } = 256L << 20;

    /// <summary>Time between SIGTERM and SIGKILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often limits without a kernel mechanism are looked at.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The size of one artifact, and of all of a build's artifacts.</summary>
    public long ArtifactBytes { get; init; } = 1L << 30;

    /// <summary>The number of artifacts of one build.</summary>
    public int Artifacts { get; init; } = 1000;

    /// <summary>What all caches of all steps together may take.</summary>
    public long CacheBytes { get; init; } = 10L << 30;

    /// <summary>Further folders and files of the host that steps may read, such as <c>/opt/jdk</c>; separated by colons.</summary>
    public IReadOnlyList<string> ReadOnlyPaths { get; init; } = [];

    /// <summary>
    /// Steps of trusted authors that have <c>network: true</c> get it. Key <c>Auxo:Steps:Network</c>: <c>trusted</c> or <c>off</c>.
    /// </summary>
    public bool GrantsNetwork { get; init; } = true;

    /// <summary>What steps have of the registry; nothing by default.</summary>
    public StepRepositories Registry { get; init; } = StepRepositories.None;

    /// <summary>Every sandbox is made with a port that can be connected with the registry.</summary>
    public bool MakesWay { get; init; }

    /// <summary>
    /// How many containers wait for the next steps of builds that run; 0 for none. Those of strangers never wait.
    /// </summary>
    public int ReadyContainers { get; init; } = 2;

    /// <summary>The Docker engine's socket.</summary>
    public string DockerSocket { get; init; } = "/var/run/docker.sock";

    /// <summary>Reads the settings; what is not set keeps its default.</summary>
    /// <exception cref="FormatException">A value is no number; the message names the key.</exception>
    public static ExecutionSettings From(IConfiguration configuration)
    {
        var defaults = new ExecutionSettings();
        var steps = configuration.GetSection("Auxo:Steps");
        return new ExecutionSettings
        {
            Sandbox = configuration["Auxo:Sandbox"] is { Length: > 0 } sandbox ? sandbox.ToLowerInvariant() : defaults.Sandbox,
            MemoryBytes = MiB("MemoryMiB", defaults.MemoryBytes),
            Processes = (int)Number("Processes", defaults.Processes),
            Processors = steps["Processors"] is { Length: > 0 } ? Number("Processors", 0) : null,
            ProcessorTime = TimeSpan.FromSeconds(Number("ProcessorSeconds", defaults.ProcessorTime.TotalSeconds)),
            FileBytes = MiB("FileMiB", defaults.FileBytes),
            WorkspaceBytes = MiB("WorkspaceMiB", defaults.WorkspaceBytes),
            TemporaryBytes = MiB("TemporaryMiB", defaults.TemporaryBytes),
            DiskReserveBytes = MiB("DiskReserveMiB", defaults.DiskReserveBytes),
            LogBytes = MiB("LogMiB", defaults.LogBytes),
            Grace = TimeSpan.FromSeconds(Number("GraceSeconds", defaults.Grace.TotalSeconds)),
            WatchInterval = TimeSpan.FromSeconds(Number("WatchSeconds", defaults.WatchInterval.TotalSeconds)),
            ArtifactBytes = MiB("ArtifactMiB", defaults.ArtifactBytes),
            Artifacts = (int)Number("Artifacts", defaults.Artifacts),
            CacheBytes = MiB("CacheMiB", defaults.CacheBytes),
            ReadOnlyPaths = [.. (steps["ReadOnlyPaths"] ?? "")
                .Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Plain)],
            GrantsNetwork = (steps["Network"] is { Length: > 0 } network ? network : "trusted") switch
            {
                "trusted" => true,
                "off" => false,
                var other => throw new FormatException($"Auxo:Steps:Network is '{other}'; it must be 'trusted' or 'off'."),
            },
            Registry = StepRepositories.From(steps),
            ReadyContainers = steps["ReadyContainers"]?.Trim() == "0" ? 0 : (int)Number("ReadyContainers", defaults.ReadyContainers),
            DockerSocket = configuration["Auxo:DockerSocket"] is { Length: > 0 } socket ? socket : defaults.DockerSocket,
        };

        static string Plain(string path)
            => Path.IsPathRooted(path) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) : path;

        long MiB(string key, long fallback) => (long)(Number(key, fallback / (double)(1 << 20)) * (1 << 20));

        double Number(string key, double fallback)
        {
            if (steps[key] is not { Length: > 0 } text) return fallback;
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0
                ? value
                : throw new FormatException($"Auxo:Steps:{key} is '{text}'; it must be a number above 0.");
        }
    }
}
