using System.Globalization;

using Auxo.Metrics.Asking;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Exposition.Past;

/// <summary>Which moments of the past are asked for.</summary>
public sealed record PastQuestion
{
    /// <summary>
    /// Prometheus keeps the newest two to three hours in memory; a block of the same time beside them it would have to reconcile,
    /// and what it scraped there itself is better.
    /// </summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromHours(3);

    /// <summary>So many moments of a repository one answer has, over all repositories.</summary>
    public const int MostMoments = 200_000;

    private const int UsualStep = 3600;
    private const int MostStep = 31 * 86_400;

    /// <summary>The first moment is not before it.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The last moment is not after it; by default the latest that there is.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Seconds from one moment to the next; by default an hour.</summary>
    public int? Step { get; init; }

    /// <summary>Only this repository.</summary>
    public Rid? Rid { get; init; }

    /// <summary>The label <c>job</c> that Prometheus gives to what it scrapes from this page; none for none.</summary>
    public string? Job { get; init; }

    /// <summary>The label <c>instance</c> likewise.</summary>
    public string? Instance { get; init; }

    /// <summary>
    /// The moments, the earliest first, or what is wrong. They are multiples of the step, so that a second export has the same.
    /// </summary>
    /// <param name="now">The present.</param>
    /// <param name="repositories">How many repositories are to be shown.</param>
    public (IReadOnlyList<DateTimeOffset> Moments, ProblemHttpResult? Problem) Read(DateTimeOffset now, int repositories)
    {
        var step = (long)(Step ?? UsualStep);
        if (step is < 60 or > MostStep)
            return Wrong("request/invalid-step", "'step' must be between a minute and 31 days, in seconds.");
        if (From is not { } from || from.Year < 1971)
            return Wrong("request/invalid-window", "'from' must be a time of this age, such as 2026-01-01.");
        if ((Reported.WrongId(Job, "job") ?? Reported.WrongId(Instance, "instance")) is { } wrong) return ([], wrong);
        var newest = now - Fresh;
        var (first, last) = (
            (from.ToUnixTimeMilliseconds() + step * 1000 - 1) / (step * 1000),
            (To is { } to && to < newest ? to : newest).ToUnixTimeSeconds() / step);
        if (first > last)
            return Wrong(
                "request/invalid-window",
                "There is no moment in that time: it needs a step at least, and the newest three hours are left to Prometheus.");
        var count = last - first + 1;
        var most = MostMoments / Math.Max(1, repositories);
        if (count > most)
            return ([], AuxoProblem.Unprocessable("history/too-large", string.Create(
                CultureInfo.InvariantCulture,
                $"{count} moments of {repositories} repositories are more than an answer has ({MostMoments}). "
                    + $"Take a step of at least {Fitting((last - first) * step, Math.Max(1, most))}, a shorter time, or one repository.")));
        var moments = Enumerable.Range(0, (int)count).Select(i => DateTimeOffset.FromUnixTimeSeconds((first + i) * step));
        return ([.. moments], null);
    }

    /// <summary>The shortest step of whole minutes, hours or days by which that time has no more moments.</summary>
    private static string Fitting(long seconds, int moments)
    {
        var step = seconds / moments + 1;
        return step <= 3600 ? $"{(step + 59) / 60}m"
            : step <= 86_400 ? $"{(step + 3599) / 3600}h"
            : $"{(step + 86_399) / 86_400}d";
    }

    private static (IReadOnlyList<DateTimeOffset>, ProblemHttpResult?) Wrong(string type, string detail)
        => ([], AuxoProblem.BadRequest(type, detail));
}
