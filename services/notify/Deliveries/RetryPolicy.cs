namespace Auxo.Notify.Deliveries;

/// <summary>What becomes of a delivery after an attempt.</summary>
public abstract record NextStep
{
    private NextStep()
    {
    }

    /// <summary>It has arrived.</summary>
    public sealed record Done : NextStep;

    /// <summary>It is tried again.</summary>
    /// <param name="At">Not before.</param>
    public sealed record Again(DateTimeOffset At) : NextStep;

    /// <summary>It is given up, until somebody replays it.</summary>
    public sealed record GiveUp(string Reason) : NextStep;
}

/// <summary>When to try again, and when to stop. Pure: chance and time are given.</summary>
public sealed record RetryPolicy
{
    /// <summary>
    /// Pauses after the first, second … attempt. The long ones are those of Standard Webhooks; the short ones before them
    /// bridge a receiver's restart. One attempt more than pauses is made, over about three days.
    /// </summary>
    public IReadOnlyList<TimeSpan> Pauses { get; init; } =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14),
        TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>Attempts at a receiver that refuses.</summary>
    public int RefusedAttempts { get; init; } = 3;

    /// <summary>A receiver that asks for a longer pause gets this one.</summary>
    public TimeSpan LongestWish { get; init; } = TimeSpan.FromHours(24);

    /// <summary>No attempt is begun later than this after the plan or the replay.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(96);

    /// <summary>A pause is up to this part of itself longer or shorter, so that what failed together does not come back together.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan AttemptLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The pause of a whole channel after rounds in a row in which nothing arrived; doubled each time.</summary>
    public TimeSpan FirstChannelPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>It is never longer, so that what is planned meanwhile is not late by more.</summary>
    public TimeSpan LongestChannelPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Decides after an attempt.</summary>
    /// <param name="result">What it came to.</param>
    /// <param name="attempt">Its number since the plan or the last replay, from 1.</param>
    /// <param name="since">The plan or the last replay.</param>
    /// <param name="chance">From 0 to 1.</param>
    /// <param name="now">The present.</param>
    public NextStep Next(SendResult result, int attempt, DateTimeOffset since, double chance, DateTimeOffset now)
    {
        switch (result)
        {
            case SendResult.Delivered: return new NextStep.Done();
            case SendResult.Impossible or SendResult.Gone: return new NextStep.GiveUp(result.Detail);
            case SendResult.Refused when attempt >= RefusedAttempts: return new NextStep.GiveUp(
                $"refused {attempt} times: {result.Detail}");
        }

        if (attempt > Pauses.Count) return new NextStep.GiveUp($"failed {attempt} times: {result.Detail}");
        var pause = TimeSpan.FromMilliseconds(
            Math.Round(Pauses[attempt - 1].TotalMilliseconds * (1 + (Jitter * ((2 * Math.Clamp(chance, 0, 1)) - 1)))));
        var at = now + Max(pause, Wish(result) ?? TimeSpan.Zero);
        return at - since <= GiveUpAfter
            ? new NextStep.Again(at)
            : new NextStep.GiveUp($"failed {attempt} times in {GiveUpAfter.TotalHours:0} hours: {result.Detail}");
    }

    /// <summary>How long a channel is left alone after a round, and why; null when it is not.</summary>
    /// <param name="results">All attempts of the round.</param>
    /// <param name="failures">Rounds in a row before this one in which nothing arrived.</param>
    public (TimeSpan Pause, string Reason)? ChannelPause(IReadOnlyCollection<SendResult> results, int failures)
    {
        if (results.MaxBy(r => Wish(r) ?? TimeSpan.Zero) is { } wishing && Wish(wishing) is { } wish && wish > TimeSpan.Zero)
            return (wish, $"the receiver asked for a pause of {wish.TotalSeconds:0.###} s ({wishing.Status})");
        if (results.Count == 0 || results.Any(static r => r is not SendResult.Failed)) return null;
        var pause = FirstChannelPause * Math.Pow(2, Math.Min(failures, 20));
        return (pause < LongestChannelPause ? pause : LongestChannelPause, $"nothing arrives: {results.First().Detail}");
    }

    private TimeSpan? Wish(SendResult result)
        => result is not SendResult.Failed { RetryAfter: { } wish }
            ? null
            : wish < TimeSpan.Zero ? TimeSpan.Zero
            : wish < LongestWish ? wish
            : LongestWish;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
