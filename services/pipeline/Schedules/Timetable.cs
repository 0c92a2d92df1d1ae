using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

using Cronos;

namespace Auxo.Pipeline.Schedules;

/// <summary>The slots of one schedule: the moments that its cron names in its time zone, and when each is due.</summary>
/// <param name="Key">Repository and name: what the jitter of two schedules differs by.</param>
/// <param name="Cron">The expression.</param>
/// <param name="Zone">Where its hours are.</param>
/// <param name="Jitter">A slot is due up to so much later.</param>
/// <param name="CatchUp">How late the newest slot may still be built.</param>
public sealed record Timetable(string Key, CronExpression Cron, TimeZoneInfo Zone, TimeSpan Jitter, TimeSpan CatchUp)
{
    /// <summary>
    /// The first slot after a moment; null when there is none. A time that does not exist on that day is the next moment that
    /// does, and one that exists twice is its first, unless minute or hour is an interval: then each of both is a slot.
    /// </summary>
    public DateTimeOffset? After(DateTimeOffset moment) => Cron.GetNextOccurrence(moment, Zone)?.ToUniversalTime();

    /// <summary>When a slot is to be built: the same on every machine and after every restart.</summary>
    public DateTimeOffset DueAt(DateTimeOffset slot)
    {
        if (Jitter <= TimeSpan.Zero) return slot;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Key}\n{slot.ToUnixTimeSeconds()}"), hash);
        // Whole seconds: what is stored and read again stays the same.
        return slot + TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)Math.Max(1, Jitter.TotalSeconds));
    }

    /// <summary>When the first slot after a moment is due; null when there is none.</summary>
    public DateTimeOffset? DueAfter(DateTimeOffset moment) => After(moment) is { } slot ? DueAt(slot) : null;
}
