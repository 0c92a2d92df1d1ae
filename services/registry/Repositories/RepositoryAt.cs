using System.Globalization;

namespace Auxo.Registry.Repositories;

/// <summary>
/// A repository as an address names it: <c>npm</c>, or <c>npm@2026-08-01</c> for it as it stood at the end of that day
/// (<c>npm@2026-08-01T12:00:00Z</c>: at that moment).
/// </summary>
/// <param name="Name">The repository.</param>
/// <param name="AsOf">What came later is left out; null for now.</param>
public sealed record RepositoryAt(string Name, DateTimeOffset? AsOf)
{
    private static readonly string[] Forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HHmmss'Z'"];

    private static readonly TimeSpan EndOfDay = TimeSpan.FromDays(1) - TimeSpan.FromTicks(1);

    /// <summary>As it is written in addresses.</summary>
    public string Segment { get; private init; } = Name;

    /// <summary>Reads it; null when it is none.</summary>
    public static RepositoryAt? Parse(string? segment)
    {
        if (segment is not { Length: > 0 }) return null;
        var at = segment.IndexOf('@', StringComparison.Ordinal);
        if (at < 0) return new RepositoryAt(segment, null);
        if (!DateTimeOffset.TryParseExact(segment[(at + 1)..], Forms, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)) return null;
        if (segment.Length - at - 1 == "yyyy-MM-dd".Length) moment = moment.Add(EndOfDay);
        return new RepositoryAt(segment[..at], moment) { Segment = segment };
    }
}
