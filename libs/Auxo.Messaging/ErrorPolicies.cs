using Auxo.EventStore;

using Npgsql;

namespace Auxo.Messaging;

/// <summary>
/// What is done with a message whose handler threw. The first rule that fits the exception decides; its steps are taken one per
/// attempt, and when they are used up the message is buried in the dead letters, whence it can be replayed.
/// </summary>
public sealed class ErrorPolicies
{
    private readonly List<ErrorRule> _rules = [];

    /// <summary>Begins a rule for an exception; rules are tried in the order they were begun, the built-in ones last.</summary>
    public ErrorRule OnException<T>(Func<T, bool>? when = null)
        where T : Exception
        => Begin(new ErrorRule(typeof(T).Name, e => e is T t && (when is null || when(t))));

    internal IEnumerable<string> Describe() => _rules.Concat(Defaults).Select(rule => rule.ToString());

    internal ErrorStep StepFor(Exception exception, int attempt)
    {
        foreach (var rule in _rules.Concat(Defaults))
        {
            if (rule.Fits(exception)) return rule.StepFor(attempt);
        }

        return ErrorStep.Bury;
    }

    private static readonly TimeSpan[] Cooldown =
        [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(250)];
    private static readonly TimeSpan[] Later = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2)];

    /// <summary>
    /// Another writer was first: decide again at once. The database is away: it comes back. Anything else: soon, then later,
    /// then bury.
    /// </summary>
    private static readonly ErrorRule[] Defaults =
    [
        new ErrorRule(nameof(ConcurrencyException), e => e is ConcurrencyException)
            .RetryTimes(3).RetryWithCooldown(Cooldown).ScheduleRetry(Later),
        new ErrorRule("NpgsqlException(transient)", e => e is NpgsqlException { IsTransient: true })
            .RetryWithCooldown(Cooldown)
                .RetryWithCooldown(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)).ScheduleRetry([.. Later, .. Later]),
        new ErrorRule("Exception", _ => true).RetryWithCooldown(Cooldown).ScheduleRetry(Later),
    ];

    private ErrorRule Begin(ErrorRule rule)
    {
        _rules.Add(rule);
        return rule;
    }
}

/// <summary>One rule of <see cref="ErrorPolicies"/>; its verbs add steps in order.</summary>
public sealed class ErrorRule
{
    private readonly List<ErrorStep> _steps = [];
    private readonly string _name;
    private ErrorStep _last = ErrorStep.Bury;

    internal ErrorRule(string name, Func<Exception, bool> fits) => (_name, Fits) = (name, fits);

    internal Func<Exception, bool> Fits { get; }

    /// <summary>Tries again at once, that often.</summary>
    public ErrorRule RetryTimes(int times)
    {
        _steps.AddRange(Enumerable.Repeat(new ErrorStep(ErrorAction.Retry, TimeSpan.Zero), times));
        return this;
    }

    /// <summary>Tries again after each of these short pauses; only the message's group waits.</summary>
    public ErrorRule RetryWithCooldown(params IEnumerable<TimeSpan> pauses) => ScheduleRetry(pauses);

    /// <summary>Tries again after each of these pauses; only the message's group waits. The pause survives a restart.</summary>
    public ErrorRule ScheduleRetry(params IEnumerable<TimeSpan> pauses)
    {
        _steps.AddRange(pauses.Select(pause => new ErrorStep(ErrorAction.Schedule, pause)));
        return this;
    }

    /// <summary>Buries the message in the dead letters once the steps so far are used up (which is also the default).</summary>
    public ErrorRule MoveToErrorQueue()
    {
        _last = ErrorStep.Bury;
        return this;
    }

    /// <summary>Drops the message once the steps so far are used up: for what is worthless when late.</summary>
    public ErrorRule Discard()
    {
        _last = new ErrorStep(ErrorAction.Discard, TimeSpan.Zero);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_name}: {string.Join(", ", [.. _steps, _last])}";

    /// <param name="attempt">From 1: how often it has failed, this failure included.</param>
    internal ErrorStep StepFor(int attempt) => attempt <= _steps.Count ? _steps[attempt - 1] : _last;
}

internal enum ErrorAction
{
    Retry,
    Schedule,
    Bury,
    Discard,
}

internal sealed record ErrorStep(ErrorAction Action, TimeSpan Pause)
{
    public static readonly ErrorStep Bury = new(ErrorAction.Bury, TimeSpan.Zero);

    public override string ToString() => Action switch
    {
        ErrorAction.Retry => "at once",
        ErrorAction.Schedule => Pause < TimeSpan.FromSeconds(1)
            ? $"{Pause.TotalMilliseconds} ms"
            : Pause < TimeSpan.FromMinutes(1) ? $"{Pause.TotalSeconds} s"
            : $"{Pause.TotalMinutes} min",
        ErrorAction.Discard => "discard",
        _ => "dead letter",
    };
}
