using System.Globalization;

using Microsoft.Extensions.Configuration;

namespace Auxo.ServiceDefaults.Disk;

/// <summary>How much of a disk is used.</summary>
/// <param name="FreeBytes">What this user may still write.</param>
/// <param name="TotalBytes">The whole file system.</param>
public readonly record struct DiskSpace(long FreeBytes, long TotalBytes);

/// <summary>
/// Stops what makes new data before a disk is full: a full disk breaks PostgreSQL and everything with it, a refused upload or a
/// build that waits breaks nothing. Asking costs one system call.
/// </summary>
/// <param name="folder">On the disk in question; it may not exist yet.</param>
/// <param name="minFreeBytes">Fewer free bytes than this are too few.</param>
/// <param name="minFreePercent">So is a smaller share of the disk; of a huge disk <see cref="MostBytesByPercent"/> are enough.</param>
/// <param name="look">How the disk is asked; null for the real one.</param>
public sealed class DiskGuard(string folder, long minFreeBytes, double minFreePercent, Func<string, DiskSpace>? look = null)
{
    /// <summary>The share never asks for more than this: 3 % of 10 TB would be a disk of its own.</summary>
    public const long MostBytesByPercent = 20L << 30;

    private readonly Func<string, DiskSpace> _look = look ?? Look;

    /// <summary>Reads <c>Auxo:Disk:MinFreeBytes</c> (default 1 GiB) and <c>Auxo:Disk:MinFreePercent</c> (default 3).</summary>
    /// <exception cref="FormatException">One of them is no number that makes sense.</exception>
    public static DiskGuard From(IConfiguration configuration, string folder)
    {
        var (bytes, percent) = (1L << 30, 3.0);
        if (configuration["Auxo:Disk:MinFreeBytes"] is { Length: > 0 } b
            && (!long.TryParse(b, NumberStyles.None, CultureInfo.InvariantCulture, out bytes) || bytes < 0))
            throw new FormatException($"Auxo:Disk:MinFreeBytes is '{b}'; it must be a number of bytes.");
        if (configuration["Auxo:Disk:MinFreePercent"] is { Length: > 0 } p
            && (!double.TryParse(p, NumberStyles.Float, CultureInfo.InvariantCulture, out percent) || percent is not (>= 0 and < 100)))
            throw new FormatException($"Auxo:Disk:MinFreePercent is '{p}'; it must be a number from 0 to below 100.");
        return new DiskGuard(folder, bytes, percent);
    }

    /// <summary>How full the disk is now.</summary>
    public DiskSpace Space() => _look(folder);

    /// <summary>
    /// Why <paramref name="wanted"/> more bytes must not be written now, with what to do about it, on one line; null when there
    /// is room, and when the system does not say how much there is.
    /// </summary>
    public string? Refuse(long wanted = 0)
    {
        DiskSpace space;
        try
        {
            space = _look(folder);
        }
        catch (IOException)
        {
            return null;
        }

        return Decide(space, wanted, minFreeBytes, minFreePercent) is not { } least
            ? null
            : $"The disk of {folder} has {Words(space.FreeBytes)} free of {Words(space.TotalBytes)}; {Words(least)} must stay free"
                + (wanted > 0 ? $" beside the {Words(wanted)} that are to be written" : "")
                    + ". Free some, or lower Auxo__Disk__MinFreeBytes and Auxo__Disk__MinFreePercent.";
    }

    /// <summary>The bytes that must stay free when the wanted ones would not leave them; null when there is room.</summary>
    public static long? Decide(DiskSpace space, long wanted, long minFreeBytes, double minFreePercent)
    {
        var least = Math.Max(minFreeBytes, Math.Min(MostBytesByPercent, (long)(space.TotalBytes * minFreePercent / 100)));
        return space.FreeBytes - Math.Max(wanted, 0) < least ? least : null;
    }

    private static DiskSpace Look(string folder)
    {
        // The nearest folder that exists is on the disk that the missing one will be on.
        var existing = Path.GetFullPath(folder);
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent) existing = parent;
        var drive = new DriveInfo(existing);
        return new DiskSpace(drive.AvailableFreeSpace, drive.TotalSize);
    }

    /// <summary>A size as people read it, such as <c>4.2 GiB</c>.</summary>
    public static string Words(long bytes)
        => bytes < 1 << 20
            ? $"{bytes} bytes"
            : bytes < 1L << 30 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.#} MiB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.#} GiB");
}
