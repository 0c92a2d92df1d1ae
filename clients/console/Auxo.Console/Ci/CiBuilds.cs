using Auxo.Console.Parts;

namespace Auxo.Console.Ci;

/// <summary>The builds behind the numbers.</summary>
/// <param name="All">Those that ended in the window, newest first.</param>
/// <param name="Cut">There are more than were looked at.</param>
internal sealed record CiBuilds(IReadOnlyList<Build> All, bool Cut)
{
    private const int Pages = 10;
    private const int Most = 1000;

    /// <summary>Asks the pipeline for them; a token that may not see them gets none.</summary>
    public static async Task<CiBuilds> ReadAsync(IPipeline pipeline, CiReport report, CancellationToken ct)
    {
        var found = new List<Build>();
        string? after = null;
        try
        {
            for (var page = 0; page < Pages && found.Count < Most; page++)
            {
                var builds = await pipeline.BuildsAsync(report.Rid, patch: null, commit: null, limit: 200, after, ct);
                found.AddRange(builds.Items.Where(b => b.FinishedAt >= report.From && b.FinishedAt < report.To));
                after = builds.Next;
                // Those that waited for days are missed; they are few, and the numbers have them.
                if (after is null || builds.Items is [.., var last] && last.QueuedAt < report.From) return new CiBuilds(found, Cut: false);
            }
        }
        catch (ServiceException e) when (e.Status == 403)
        {
            return new CiBuilds([], Cut: false);
        }

        return new CiBuilds(found, Cut: true);
    }

    /// <summary>A mark for each.</summary>
    public IReadOnlyList<ChartPoint> Points()
        => [.. All.Select(static b => new ChartPoint(
            b.FinishedAt!.Value, b.DurationSeconds ?? 0, Kind(b),
            $"{Say.Standing(b).Replace('_', ' ')}{(b.DurationSeconds is { } took ? $" after {Say.Lasted(took)}" : "")}: {b.Title}",
            $"/builds/{b.Id}"))];

    /// <summary>Those that ended on a day of the report's zone; without a day, those that did not pass.</summary>
    public IReadOnlyList<Build> Of(DateOnly? day, string zone)
        => [.. All.Where(b => day is { } d ? DayOf(b, zone) == d : Kind(b) == "bad")];

    /// <summary>As metrics counts: what ended without a verdict on its commit is neither.</summary>
    private static string Kind(Build build) => build.Outcome switch { "passed" => "good", "failed" or "timed_out" => "bad", _ => "calm" };

    private static DateOnly DayOf(Build build, string zone)
        => DateOnly.FromDateTime(
            TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
                ? TimeZoneInfo.ConvertTime(build.FinishedAt!.Value, found).DateTime
                : build.FinishedAt!.Value.UtcDateTime);
}
