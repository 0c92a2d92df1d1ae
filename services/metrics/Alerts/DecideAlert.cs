using System.Globalization;

namespace Auxo.Metrics.Alerts;

/// <summary>
/// What becomes of an alert when its rule is looked at: it begins, is raised when it has held for long enough, and ends. One that
/// goes up and down is told once more, and then not until it was calm for half an hour.
/// </summary>
public static class DecideAlert
{
    /// <summary>So many changes in half an hour are too many.</summary>
    public const int TooMany = 3;

    /// <summary>Decides.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="fact">What was measured; null when there is no such thing any more, or nobody knows: it does not hold then.</param>
    /// <param name="alert">As it stands; null when it never began.</param>
    /// <param name="speaks">False when somebody else tells of this rule.</param>
    /// <param name="now">The time.</param>
    public static (Events Events, OutgoingMessages Messages) Decide(
        AlertRule rule, AlertFact? fact, Alert? alert, bool speaks, DateTimeOffset now)
    {
        var state = alert ?? new Alert { Rule = rule.Name };
        var holds = fact is not null && rule.Holds(fact.Value, state.Phase == AlertPhase.Raised);
        Events events = [];
        OutgoingMessages messages = [];
        switch (state.Phase)
        {
            case AlertPhase.Quiet when holds:
                Begin();
                if (rule.For <= TimeSpan.Zero) Change(raised: true);
                break;
            // A clock that was ahead by years must not make it wait for years.
            case AlertPhase.Pending when holds && now < state.Since:
                Begin();
                break;
            case AlertPhase.Pending when holds:
                if (now - state.Since >= rule.For) Change(raised: true);
                break;
            case AlertPhase.Pending:
                Add(new AlertEvent.Calmed(now));
                break;
            case AlertPhase.Raised when !holds:
                Change(raised: false);
                break;
        }

        Release();
        return (events, messages);

        void Add(AlertEvent e)
        {
            events.Add(e);
            state = state.Apply(e);
        }

        void Begin() => Add(new AlertEvent.Began(rule.Name, fact!.Subject, fact.Name, fact.Rid, fact.Value, rule.Words(fact), now));

        void Change(bool raised)
        {
            var (count, isHeld) = (state.Lately(now).Count, state.HeldSince is not null);
            // Who was not told of the beginning is not told of the end.
            var told = speaks && !isHeld && (raised || state.ToldAt is not null);
            if (told) messages.Add(raised ? Raised(Words(count)) : Cleared(Words(count)));
            Add(raised
                ? new AlertEvent.Raised(fact!.Value, rule.Words(fact), told, now)
                : new AlertEvent.Cleared(told, now));
            if (!isHeld && count >= TooMany) Add(new AlertEvent.HeldBack(count, now));
        }

        string Words(int count)
            => (fact is null ? state.Summary : rule.Words(fact)) + (count < TooMany ? "" : string.Create(
                CultureInfo.InvariantCulture,
                $"; it went up and down {count} times in {Alert.Calm.TotalMinutes:0} min, and is told again when it was calm for as long"));

        void Release()
        {
            if (state.HeldSince is null) return;
            var calm = state.Changes.Count > 0 ? now - state.Changes[^1] : Alert.Calm;
            if (calm >= TimeSpan.Zero && calm < Alert.Calm) return;
            var differs = speaks && state.Phase == AlertPhase.Raised != state.ToldAt is not null;
            if (differs) messages.Add(state.Phase == AlertPhase.Raised ? Raised(state.Summary) : Cleared(state.Summary));
            Add(new AlertEvent.Released(differs, now));
        }

        AlertRaised Raised(string summary) => new(
            IdOf(now), rule.Name, rule.Severity, summary, Description: null, rule.Runbook, fact?.Rid ?? state.Rid,
            (fact?.Rid ?? state.Rid) is null ? null : fact?.Name ?? state.Name, now);

        AlertCleared Cleared(string summary) => new(
            IdOf(state.ToldAt ?? now), rule.Name, summary, state.Rid, state.Rid is null ? null : state.Name, now);

        string IdOf(DateTimeOffset begin)
            => string.Create(CultureInfo.InvariantCulture, $"{rule.Name}/{fact?.Subject ?? state.Subject}/{begin.UtcTicks}");
    }
}
