using System.Globalization;

using Auxo.Instances;
using Auxo.ServiceDefaults.Disk;
using Auxo.ServiceDefaults.Doctor;

using Microsoft.Extensions.Configuration;

namespace Auxo.AppHost.Doctor;

/// <summary>What Auxo needs of any machine: room, memory, a clock that is right, and that it does not sleep.</summary>
internal static class Machine
{
    private const long LittleMemory = 512L << 20;
    private static readonly TimeSpan Worth = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MostWalking = TimeSpan.FromSeconds(3);

    /// <summary>Free room beside what must stay free, and what Auxo uses itself.</summary>
    public static IEnumerable<Diagnosis> Disk(InstanceLayout layout, IReadOnlyDictionary<string, string> environment)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(environment.ToDictionary(static e => e.Key.Replace("__", ":", StringComparison.Ordinal), static e
                => (string?)e.Value, StringComparer.OrdinalIgnoreCase)).Build();
        var guard = DiskGuard.From(configuration, layout.Home);
        var space = guard.Space();
        var free =
            $"{DiskGuard.Words(space.FreeBytes)} free of {DiskGuard.Words(space.TotalBytes)} "
                + $"({100.0 * space.FreeBytes / Math.Max(1, space.TotalBytes):0} %)";
        yield return guard.Refuse() is { } full
            ? new Diagnosis("disk", Health.Trouble, full.Split(". Free")[0]
                + ": no build is begun, no upload taken", "free some room; what Auxo may let go: auxo artifacts cleanup --now")
            : new Diagnosis("disk", 100.0 * space.FreeBytes / Math.Max(1, space.TotalBytes) < 10 ? Health.Warning : Health.Fine, free);
        if (!Directory.Exists(layout.Home)) yield break;
        var used = new[] { layout.Database, layout.Logs, layout.Mirrors, layout.Blobs, layout.Workspaces }
            .Select(static folder => (Name: Path.GetFileName(folder), Bytes: Size(folder)))
            .Where(static u => u.Bytes > 0).OrderByDescending(static u => u.Bytes).ToList();
        if (used.Count > 0) yield return new Diagnosis(
            "used", Health.Fine, string.Join(", ", used.Select(static u => $"{u.Name} {DiskGuard.Words(u.Bytes)}")));
    }

    /// <summary>What is available now.</summary>
    public static IEnumerable<Diagnosis> Memory()
    {
        if (!File.Exists("/proc/meminfo")) yield break;
        var lines = File.ReadLines("/proc/meminfo")
            .Select(static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(static f => f.Length > 1)
                .ToDictionary(static f => f[0], static f => long.TryParse(f[1], out var kib) ? kib << 10 : 0, StringComparer.Ordinal);
        var (available, total) = (lines.GetValueOrDefault("MemAvailable:"), lines.GetValueOrDefault("MemTotal:"));
        var text = $"{DiskGuard.Words(available)} of {DiskGuard.Words(total)} are available";
        yield return available < LittleMemory
            ? new Diagnosis("memory", Health.Warning, text + "; Auxo at rest takes about 0.5 GiB, and steps what they take",
                "close something, or bound the steps: Auxo__Steps__MemoryMiB=1024")
            : new Diagnosis("memory", Health.Fine, text);
    }

    /// <summary>Whether anything keeps the clock right.</summary>
    public static async Task<Diagnosis> ClockAsync(CancellationToken ct)
        => await Diagnose.FirstLineAsync("timedatectl", ["show", "-p", "NTPSynchronized", "--value"], ct) switch
        {
            "yes" => new Diagnosis("time", Health.Fine, "synchronised over the network"),
            "no" => new Diagnosis("time", Health.Warning, "not synchronised: times in lead times and tokens drift",
                "sudo timedatectl set-ntp true"),
            _ => new Diagnosis("time", Health.Fine,
                $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC; whether something keeps it right, this system does not say"),
        };

    /// <summary>
    /// A machine that sleeps builds nothing meanwhile. The clock that stands still in sleep, beside the one that goes on, says
    /// how long it slept.
    /// </summary>
    public static IEnumerable<Diagnosis> Sleep()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/proc/uptime")) yield break;
        var up = TimeSpan.FromSeconds(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture));
        var slept = up - TimeSpan.FromMilliseconds(Environment.TickCount64);
        var never = new FileInfo("/etc/systemd/system/sleep.target").LinkTarget == "/dev/null";
        var battery = Directory.Exists("/sys/class/power_supply") && Directory.EnumerateDirectories("/sys/class/power_supply")
            .Any(static d => Path.GetFileName(d).StartsWith("BAT", StringComparison.Ordinal));
        const string Next = "to keep it awake: sudo systemctl mask sleep.target suspend.target hibernate.target hybrid-sleep.target";
        if (slept > Worth) yield return new Diagnosis("sleep", Health.Warning,
            $"it has slept {slept.TotalHours:0.0} h since it was started; pushes of that time were built late", never ? null : Next);
        else if (battery && !never) yield return new Diagnosis("sleep", Health.Warning,
            "a machine with a battery, which may sleep: nothing is built then, and what was pushed meanwhile is built afterwards", Next);
        else yield return new Diagnosis(
            "sleep", Health.Fine, never ? "it never sleeps (sleep.target is masked)" : "it has not slept since it was started");
    }

    /// <summary>The bytes of a folder, as far as it may be read and three seconds go.</summary>
    private static long Size(string folder)
    {
        if (!Directory.Exists(folder)) return 0;
        var (began, sum) = (TimeProvider.System.GetTimestamp(), 0L);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions
        {
            RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint,
        }))
        {
            try
            {
                sum += file.Length;
            }
            catch (IOException)
            {
                // It went while we looked.
            }

            if (TimeProvider.System.GetElapsedTime(began) > MostWalking) break;
        }

        return sum;
    }
}
