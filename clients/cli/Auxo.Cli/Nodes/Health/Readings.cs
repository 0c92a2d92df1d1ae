using Auxo.Instances;

namespace Auxo.Cli.Nodes.Health;

/// <summary>A disk by a folder on it.</summary>
/// <param name="Name"><c>auxo</c> or <c>radicle</c>.</param>
/// <param name="Folder">The folder.</param>
/// <param name="UsedPercent">Of what this user may use.</param>
/// <param name="FreeBytes">What this user may still write.</param>
internal sealed record DiskReading(string Name, string Folder, double UsedPercent, long FreeBytes);

/// <summary>Memory that is not available to a new program, in percent, and what is.</summary>
internal sealed record MemoryReading(double UsedPercent, long AvailableBytes);

/// <summary>The machine; null for what the system does not tell.</summary>
internal sealed record MachineReading(
    IReadOnlyList<DiskReading> Disks, MemoryReading? Memory, double? CpuPercent, TimeSpan? Uptime);

/// <summary>The Radicle node.</summary>
/// <param name="Nid">Its id; null when it does not answer, and <paramref name="Problem"/> says why.</param>
/// <param name="Pid">The process that holds its port; null when it listens nowhere or the system does not tell.</param>
/// <param name="Connected">Peers with a session.</param>
/// <param name="Known">Peers that it has a session with, or tries to have.</param>
/// <param name="Problem">Why it does not answer.</param>
internal sealed record NodeReading(string? Nid, int? Pid, int Connected, int Known, string? Problem)
{
    /// <summary>There is a profile, so that there can be a node.</summary>
    public bool HasProfile { get; init; } = true;
}

/// <summary>A port.</summary>
/// <param name="Port">Its number.</param>
/// <param name="Owner">Who should hold it: a service, or <c>radicle-node</c>.</param>
/// <param name="IsUp">The owner is said to run.</param>
/// <param name="ExpectedPid">The owner's process; null when it is not known.</param>
/// <param name="Holder">Who listens; null for nobody.</param>
/// <param name="Setting">What chooses another port.</param>
internal sealed record PortReading(int Port, string Owner, bool IsUp, int? ExpectedPid, PortHolder? Holder, string Setting);

/// <summary>A service.</summary>
internal sealed record ServiceReading(string Name, bool IsUp, string State, string? Reason = null, string? Next = null);

/// <summary>Builds that ended within the last hour; <c>IsCut</c>: there were more than were counted.</summary>
internal sealed record JobsReading(int Ended, int Failed, bool IsCut = false, string? Problem = null);
