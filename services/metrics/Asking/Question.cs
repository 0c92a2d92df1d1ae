using Auxo.Metrics.Dora;
using Auxo.Metrics.Histories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Asking;

/// <summary>What every question about a time says.</summary>
public sealed record Question
{
    private const int MostDays = 3660;

    /// <summary>The window begins; by default <see cref="Days"/> before its end.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The window ends before this; by default at <see cref="AsOf"/>.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>How long the window is when it has no beginning.</summary>
    public int? Days { get; init; }

    /// <summary>Answer as of then: what happened later is left out. By default now.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Answer with what was known at that position: with it, the answer is the same forever.</summary>
    public long? Position { get; init; }

    /// <summary>Days and weeks of that IANA zone instead of the repository's.</summary>
    public string? Zone { get; init; }

    /// <summary>Its window, or what is wrong with it.</summary>
    public (Window Window, DateTimeOffset AsOf, ProblemHttpResult? Problem) Read(DateTimeOffset now, int defaultDays)
    {
        var asOf = AsOf ?? now;
        var to = To ?? asOf;
        if (Days is < 1 or > MostDays) return (
            default, default, AuxoProblem.BadRequest("request/invalid-window", $"'days' must be between 1 and {MostDays}."));
        if (asOf > now) return (default, default, AuxoProblem.BadRequest(
            "request/as-of-the-future", $"'asOf' lies in the future; here it is {now:u}."));
        if (Position < 0) return (default, default, AuxoProblem.BadRequest("request/invalid-position", "'position' must not be negative."));
        if (to.Year is < 1971 or > 9000 || From?.Year < 1970) return (
            default, default, AuxoProblem.BadRequest("request/invalid-window", "'from' and 'to' must be of this age."));
        var from = From ?? to - TimeSpan.FromDays(Days ?? defaultDays);
        return from >= to || to - from > TimeSpan.FromDays(MostDays)
            ? (default, default, AuxoProblem.BadRequest(
                "request/invalid-window", $"'from' must be before 'to', and at most {MostDays} days before it."))
            : (new Window(from, to), asOf, null);
    }

    /// <summary>Finds the series of the history, and answers from it.</summary>
    public async Task<Results<Ok<T>, ProblemHttpResult>> AnswerAsync<T>(
        Rid rid, HistoryCache histories, DateTimeOffset now, int defaultDays,
        Func<DoraSeries, Window, Calendar, T> answer, CancellationToken ct)
    {
        var (window, asOf, wrong) = Read(now, defaultDays);
        if (wrong is not null) return wrong;
        if (await histories.GetSeriesAsync(rid, asOf, Position, ct) is not { } series) return Unknown(rid);
        var (calendar, noZone) = CalendarOf(series);
        return calendar is null ? noZone! : TypedResults.Ok(answer(series, window, calendar));
    }

    /// <summary>Finds the whole history, and answers from it.</summary>
    public async Task<Results<Ok<T>, ProblemHttpResult>> AnswerFromHistoryAsync<T>(
        Rid rid, HistoryCache histories, DateTimeOffset now, int defaultDays, Func<History, Window, T> answer, CancellationToken ct)
    {
        var (window, asOf, wrong) = Read(now, defaultDays);
        if (wrong is not null) return wrong;
        return await histories.GetHistoryAsync(rid, asOf, Position, ct) is { } history
            ? TypedResults.Ok(answer(history, window))
            : Unknown(rid);
    }

    /// <summary>Finds the series of all tracked repositories, and answers from them.</summary>
    public async Task<Results<Ok<ListAnswer<T>>, ProblemHttpResult>> AnswerAllAsync<T>(
        HistoryCache histories, DateTimeOffset now, int defaultDays, Func<DoraSeries, Window, Calendar, T> answer, CancellationToken ct)
    {
        var (window, asOf, wrong) = Read(now, defaultDays);
        if (wrong is not null) return wrong;
        var answers = new List<T>();
        foreach (var rid in await histories.ListAsync(ct))
        {
            if (await histories.GetSeriesAsync(rid, asOf, Position, ct) is not { IsTracked: true } series) continue;
            var (calendar, noZone) = CalendarOf(series);
            if (calendar is null) return noZone!;
            answers.Add(answer(series, window, calendar));
        }

        return TypedResults.Ok(new ListAnswer<T>(answers, Next: null));
    }

    /// <summary>The calendar of the answer, or what is wrong with it.</summary>
    private (Calendar? Calendar, ProblemHttpResult? Problem) CalendarOf(DoraSeries series)
        => Calendar.Find(Zone ?? series.Policy.Zone) is { } calendar
            ? (calendar, null)
            : (null, AuxoProblem.BadRequest("request/unknown-zone",
                $"There is no time zone {Zone ?? series.Policy.Zone} on this machine. Use an IANA name such as Europe/Berlin."));

    /// <summary>Nothing was ever heard of the repository.</summary>
    public static ProblemHttpResult Unknown(Rid rid)
        => AuxoProblem.NotFound("repository/unknown",
            $"Nothing is known of {rid} here. 'auxo repo list' shows what is tracked; numbers begin with its first push or build.");
}

/// <summary>A list, as all services answer it.</summary>
public sealed record ListAnswer<T>(IReadOnlyList<T> Items, string? Next);
