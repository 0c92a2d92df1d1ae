using System.Globalization;

namespace Auxo.Registry.Expiring;

/// <summary>What is kept however old it gets.</summary>
/// <param name="Newest">Of each branch or patch.</param>
/// <param name="Age">And everything that was published or fetched within this time.</param>
public sealed record RetentionPolicy(int Newest, TimeSpan Age)
{
    /// <summary>Reads <c>Auxo:Registry:KeepNewest</c> (10) and <c>Auxo:Registry:KeepDays</c> (90).</summary>
    /// <exception cref="FormatException">One of them is no number from 1 on.</exception>
    public static RetentionPolicy From(IConfiguration configuration) => new(
        Number(configuration, "Auxo:Registry:KeepNewest", 10), TimeSpan.FromDays(Number(configuration, "Auxo:Registry:KeepDays", 90)));

    private static int Number(IConfiguration configuration, string name, int usual)
        => configuration[name] is not { Length: > 0 } text ? usual
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new FormatException($"{name} is '{text}'; it must be a number from 1 on.");
}

/// <summary>A published version, as retention sees it.</summary>
public sealed record KeptVersion(Guid BuildId, Rid Rid, string Ref, DateTimeOffset PublishedAt, DateTimeOffset? DownloadedAt, bool Latest);

/// <summary>A version and why it goes.</summary>
public sealed record ExpiredVersion(Guid BuildId, string Reason);

/// <summary>Which versions are cleaned up. The dry run and the cleaning are one function.</summary>
public static class Retention
{
    /// <summary>
    /// What goes: not <c>latest</c>, not among the newest of its branch or patch, and neither published nor fetched lately.
    /// </summary>
    public static IReadOnlyList<ExpiredVersion> Decide(IReadOnlyList<KeptVersion> versions, RetentionPolicy policy, DateTimeOffset now)
    {
        var reason =
            $"not among the newest {policy.Newest} of its branch or patch, and neither published nor fetched in the "
                + $"last {policy.Age.TotalDays:0} days";
        return [.. versions.GroupBy(static v => (v.Rid, v.Ref))
            .SelectMany(group
                => group.OrderByDescending(static v => v.PublishedAt).ThenByDescending(static v => v.BuildId).Skip(policy.Newest))
            .Where(v
                => !v.Latest && v.PublishedAt <= now - policy.Age && (v.DownloadedAt is not { } fetched || fetched <= now - policy.Age))
            .OrderBy(static v => v.PublishedAt).Select(v => new ExpiredVersion(v.BuildId, reason))];
    }
}
