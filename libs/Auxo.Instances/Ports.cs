using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Auxo.Instances;

/// <summary>A process that listens on a port; null for what the system does not tell.</summary>
public sealed record PortHolder(int? Pid, string? Name);

/// <summary>Who holds a port.</summary>
public static class Ports
{
    /// <summary>Null when the port is free; else one line that names it, its holder where the system tells, and the setting.</summary>
    public static string? Taken(IPAddress address, int port, string resource)
    {
        try
        {
            using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(address, port));
            probe.Listen(1);
            return null;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            var holder = Listener(port) is { Pid: { } pid, Name: var name } ? $"process {pid} ({name})" : "another process";
            return $"Port {port} of {resource} is taken by {holder}. Stop it, or choose another: {Setting(resource)}=<port>";
        }
        catch (SocketException e)
        {
            return $"Port {port} of {resource} cannot be used on {address}: {e.Message}. Choose another: {Setting(resource)}=<port>";
        }
    }

    /// <summary>The variable that chooses a resource's port.</summary>
    public static string Setting(string resource) => $"AUXO_PORTS_{resource.ToUpperInvariant().Replace('-', '_')}";

    /// <summary>
    /// Who listens on a port of this machine, on whatever address (Linux); null when nobody does, or the system does not tell. The process
    /// of another user is not told: then both parts are null.
    /// </summary>
    public static PortHolder? Listener(int port)
    {
        try
        {
            var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
            var inodes = new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists)
                .SelectMany(File.ReadLines)
                .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(f => f.Length > 9 && f[1].EndsWith(suffix, StringComparison.Ordinal) && f[3] == "0A")
                .Select(static f => $"socket:[{f[9]}]")
                .ToHashSet(StringComparer.Ordinal);
            return inodes.Count == 0 ? null : Directory.EnumerateDirectories("/proc")
                .Select(static folder => int.TryParse(Path.GetFileName(folder), out var pid) ? pid : 0)
                .Where(pid => pid > 0 && Holds(pid, inodes))
                .Select(static pid => new PortHolder(pid, Name(pid)))
                .FirstOrDefault(new PortHolder(null, null));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Holds(int pid, HashSet<string> inodes)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd")
                .Any(fd => new FileInfo(fd).LinkTarget is { } target && inodes.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Name(int pid) => File.ReadAllText($"/proc/{pid}/comm").Trim();
}
