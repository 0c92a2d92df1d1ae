using System.Globalization;

using Auxo.Pipeline.Definitions;

using Docker.DotNet.Models;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>What a container is made for. Two steps with the same one may have each other's.</summary>
/// <param name="ImageId">What the engine has under the step's name of its image now.</param>
/// <param name="HasNetwork">It reaches the engine's network.</param>
/// <param name="Names">Names of hosts that are its own loopback: those of its services.</param>
internal sealed record ContainerKind(string ImageId, bool HasNetwork, IReadOnlyList<string> Names)
{
    /// <summary>True when a container of the one can be that of the other.</summary>
    public bool Fits(ContainerKind other)
        => (ImageId, HasNetwork) == (other.ImageId, other.HasNetwork) && Names.SequenceEqual(other.Names, StringComparer.Ordinal);
}

/// <summary>How containers are made: their rights, their limits, and the program that waits in a step's.</summary>
internal static class ContainerStart
{
    /// <summary>On every container that this instance makes; its value is the instance's folder.</summary>
    public const string InstanceLabel = "auxo.instance";

    /// <summary>Where the folder with the step's script is, read-only.</summary>
    public const string Inside = "/run/auxo";

    /// <summary>Begins the line that ends a step's output; no text that people read has it.</summary>
    public const char EndMark = '\u0001';

    private const string Workspace = Bubblewrap.BubblewrapArguments.Workspace;

    /// <summary>
    /// Waits for a line, which nobody knows before; runs the script; prints that line, what the step took, and the exit code.
    /// Output and errors are one pipe, so that their lines stay in order, and the script's own words (<see cref="Processes.StepStatus"/>)
    /// are the other. When Auxo dies, the line never comes, and the container ends. SIGTERM is for the step's processes, not for this one.
    /// </summary>
    private const string Waiter = $$"""
        exec 4>&2 2>&1; trap : TERM
        read -r n || exit 0; exec </dev/null
        s=sh; if command -v bash >/dev/null; then s=bash; fi
        $s {{Inside}}/step; c=$?
        exec 4>&-; printf '\001%s\n' "$n"
        u() { if [ -r "$1" ]; then while read -r l; do echo "${1##*/} $l"; done <"$1"; fi; } 2>/dev/null
        for f in /sys/fs/cgroup/cpuacct/cpuacct.usage /sys/fs/cgroup/memory/memory.max_usage_in_bytes \
            /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/memory.peak /proc/$$/io; do u "$f"; done
        echo "end $n $c"; exit "$c"
        """;

    /// <summary>The container of a step.</summary>
    /// <param name="kind">What for.</param>
    /// <param name="name">Its name.</param>
    /// <param name="home">The instance's folder.</param>
    /// <param name="tree">The workspace.</param>
    /// <param name="files">Has the script, when it begins.</param>
    /// <param name="owner">
    /// Whom its processes run as: the image's own user, usually root, would leave files that Auxo cannot remove.
    /// </param>
    /// <param name="settings">The limits.</param>
    public static CreateContainerParameters OfStep(
        ContainerKind kind, string name, string home, string tree, string files, StepUser owner, ExecutionSettings settings)
        => new()
        {
            Name = name,
            Image = kind.ImageId,
            Entrypoint = ["/bin/sh", "-c", Waiter],
            WorkingDir = Workspace,
            User = $"{owner.Uid}:{owner.Gid}",
            OpenStdin = true,
            StdinOnce = true,
            AttachStdin = true,
            Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [InstanceLabel] = home },
            HostConfig = Limited(settings, new HostConfig
            {
                // Not 'Binds': for those, an engine makes a folder that is not there.
                Mounts =
                [
                    new Mount { Type = "bind", Source = tree, Target = Workspace },
                    new Mount { Type = "bind", Source = files, Target = Inside, ReadOnly = true },
                ],
                NetworkMode = kind.HasNetwork ? "bridge" : "none",
                ExtraHosts = [.. kind.Names.Select(static host => $"{host}:127.0.0.1")],
                Tmpfs = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["/tmp"] = $"rw,exec,mode=1777,size={settings.TemporaryBytes}",
                },
                // Auxo keeps the output itself.
                LogConfig = new LogConfig { Type = "none" },
                Init = true,
            }),
        };

    /// <summary>
    /// The container of a service. It runs as its image says, often as root, who then becomes somebody else and gives files away: these
    /// rights it has, in its own container, and no others. It has no workspace.
    /// </summary>
    /// <param name="service">Has an image.</param>
    /// <param name="imageId">What the engine has under its name.</param>
    /// <param name="step">The container whose network is its own.</param>
    /// <param name="build">For its label.</param>
    /// <param name="home">The instance's folder.</param>
    /// <param name="settings">The limits: those of a step.</param>
    public static CreateContainerParameters OfService(
        StepService service, string imageId, string step, Guid build, string home, ExecutionSettings settings)
    {
        var host = Limited(settings, new HostConfig
        {
            NetworkMode = "container:" + step,
            // The last lines are shown when the step fails; the rest is nobody's.
            LogConfig = new LogConfig
            {
                Type = "json-file",
                Config = new Dictionary<string, string>(StringComparer.Ordinal) { ["max-size"] = "1m", ["max-file"] = "1" },
            },
            Init = true,
        });
        host.CapAdd = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"];
        var parameters = new CreateContainerParameters
        {
            Name = $"auxo-service-{Guid.NewGuid():N}",
            Image = imageId,
            Env = [.. (service.Environment ?? new Dictionary<string, string>()).Select(static pair => $"{pair.Key}={pair.Value}")],
            Labels = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [InstanceLabel] = home, ["auxo.build"] = build.ToString(), ["auxo.service"] = service.Name,
            },
            HostConfig = host,
        };
        if (service.Run.Length > 0) parameters.Entrypoint = ["/bin/sh", "-c", service.Run];
        return parameters;
    }

    /// <summary>A command that succeeds when something listens on a port: the kernel says it, and no program connects.</summary>
    public static string Listens(int port) => string.Create(CultureInfo.InvariantCulture, $$"""
        for f in /proc/net/tcp /proc/net/tcp6; do
            if [ -r $f ]; then while read -r _ at _ state _; do
                case "$at $state" in *:{{port:X4}}" 0A") exit 0;; esac
            done <$f; fi
        done; exit 1
        """);

    private static HostConfig Limited(ExecutionSettings settings, HostConfig host)
    {
        host.Memory = settings.MemoryBytes;
        host.MemorySwap = settings.MemoryBytes;
        host.PidsLimit = settings.Processes;
        host.NanoCPUs = settings.Processors is { } share ? (long)(share * 1_000_000_000) : 0;
        host.CapDrop = ["ALL"];
        host.SecurityOpt = ["no-new-privileges"];
        return host;
    }
}
