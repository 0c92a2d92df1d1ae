using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Nodes.Health;

/// <summary>From what was measured to fine, warning or critical. The moment decides; alerts over time are Prometheus' work.</summary>
internal static class HealthRules
{
    /// <summary>From this share on, in percent: warning, critical.</summary>
    public static readonly (double Warning, double Critical) Disk = (80, 90);

    /// <inheritdoc cref="Disk"/>
    public static readonly (double Warning, double Critical) Memory = (80, 90);

    /// <inheritdoc cref="Disk"/>
    public static readonly (double Warning, double Critical) Cpu = (70, 90);

    /// <summary>What a share comes to.</summary>
    public static HealthState Of(double percent, (double Warning, double Critical) limits)
        => percent >= limits.Critical ? HealthState.Critical : percent >= limits.Warning ? HealthState.Warning : HealthState.Fine;

    /// <summary>Disk, memory, processors and uptime.</summary>
    public static IEnumerable<HealthItem> Machine(MachineReading machine)
    {
        foreach (var disk in machine.Disks) yield return new HealthItem(
            $"disk {disk.Name}", Of(disk.UsedPercent, Disk),
            $"{Percent(disk.UsedPercent)} used, {Amounts.Size(disk.FreeBytes)} free ({disk.Folder})",
            disk.Name == "auxo" ? "what Auxo may let go: auxo artifacts cleanup --now" : "free some room on that disk");
        yield return machine.Memory is { } memory
            ? new HealthItem("memory", Of(memory.UsedPercent, Memory),
                $"{Percent(memory.UsedPercent)} used, {Amounts.Size(memory.AvailableBytes)} available",
                "which processes: ps aux --sort=-rss | head")
            : Unknown("memory");
        yield return machine.CpuPercent is { } cpu
            ? new HealthItem("cpu", Of(cpu, Cpu), $"{Percent(cpu)} busy", "which processes: ps aux --sort=-pcpu | head")
            : Unknown("cpu");
        yield return machine.Uptime is { } uptime
            ? new HealthItem("uptime", HealthState.Fine, Duration.Of(uptime.TotalSeconds))
            : Unknown("uptime");
    }

    /// <summary>The node itself and its peers.</summary>
    public static IEnumerable<HealthItem> Node(NodeReading node)
    {
        if (node.Nid is null)
        {
            yield return new HealthItem("node", HealthState.Critical, node.Problem ?? "does not answer",
                node.HasProfile ? "auxo node fix" : "auxo node setup");
            yield break;
        }

        var pid = node.Pid is { } id ? $", process {id}" : "";
        yield return new HealthItem("node", HealthState.Fine, $"runs as {node.Nid}{pid}");
        yield return node.Connected > 0
            ? new HealthItem("peers", HealthState.Fine, $"{node.Connected} connected, {node.Known} known")
            : new HealthItem("peers", HealthState.Warning, $"none connected, {node.Known} known: what you push reaches nobody",
                "auxo node fix --peer NID@HOST:8776");
    }

    /// <summary>Who listens on a port, and whether that is who should.</summary>
    public static HealthItem Port(PortReading port) => (port.IsUp, port.Holder) switch
    {
        (_, { Pid: { } pid, Name: var name }) when port.ExpectedPid is null && !port.IsUp => new HealthItem(
            $"port {port.Port}", HealthState.Warning, $"{name} (process {pid}) holds it, and {port.Owner} needs it",
            $"stop it, or choose another: {port.Setting}=<port>"),
        (true, { Pid: { } pid, Name: var name }) when port.ExpectedPid is { } expected && expected != pid => new HealthItem(
            $"port {port.Port}", HealthState.Critical, $"{name} (process {pid}) holds it, not {port.Owner} (process {expected})",
            "stop that process; './auxo down' and './auxo up --detach' start Auxo again"),
        (_, { Pid: { } pid, Name: var name }) => new HealthItem(
            $"port {port.Port}", HealthState.Fine, $"{port.Owner}: {name} (process {pid})"),
        (_, not null) => new HealthItem($"port {port.Port}", HealthState.Fine, $"{port.Owner}: a process of another user"),
        (true, null) when OperatingSystem.IsLinux() => new HealthItem(
            $"port {port.Port}", HealthState.Critical, $"nobody listens, and {port.Owner} should",
            "'auxo status' shows what runs; './auxo down' and './auxo up --detach' start it again"),
        _ => new HealthItem($"port {port.Port}", HealthState.Fine, $"free, for {port.Owner}"),
    };

    /// <summary>A service, as the AppHost or the service itself tells.</summary>
    public static HealthItem Service(ServiceReading service)
        => service.IsUp
            ? new HealthItem($"service {service.Name}", HealthState.Fine, service.State)
            : new HealthItem($"service {service.Name}", HealthState.Critical,
                $"is {service.State}{(service.Reason is null ? "" : ": " + service.Reason)}", service.Next
                    ?? $"its log: {service.Name}.log in AUXO_HOME/logs; './auxo down' and './auxo up --detach' start it again");

    /// <summary>The builds of the last hour. A failed build is no failure of the node.</summary>
    public static HealthItem Jobs(JobsReading jobs)
        => jobs.Problem is { } problem
            ? new HealthItem("jobs", HealthState.Warning, $"not known: {problem}", "auxo status")
            : new HealthItem("jobs", HealthState.Fine,
                jobs.Ended == 0 ? "none in the last hour"
                    : $"{(jobs.IsCut ? "at least " : "")}{jobs.Ended} in the last hour, {jobs.Failed} failed");

    private static HealthItem Unknown(string name) => new(name, HealthState.Fine, "this system does not tell");

    private static string Percent(double percent) => percent.ToString("0", CultureInfo.InvariantCulture) + " %";
}
