using System.Globalization;

using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Verdicts;

namespace Auxo.Notify.Digests;

/// <summary>A line of a digest.</summary>
/// <param name="Text">One line; may come from outside.</param>
/// <param name="Url">Where to read on.</param>
/// <param name="State">A word in front, such as <c>fixed</c>; null for none.</param>
public sealed record DigestLine(string Text, string? Url = null, string? State = null);

/// <summary>A part of a digest.</summary>
/// <param name="Title">What the lines are about.</param>
/// <param name="Lines">The newest first.</param>
/// <param name="More">How many were left out.</param>
public sealed record DigestSection(string Title, IReadOnlyList<DigestLine> Lines, int More);

/// <summary>
/// What somebody gets at once of all that waited for her, as it stands now: what broke and was mended meanwhile is mended. Pure.
/// </summary>
/// <param name="Day">Of which day of hers it is.</param>
/// <param name="Sections">What waits for her first; none that is empty.</param>
/// <param name="Report">The daily report that goes into the same mail; null for none.</param>
/// <param name="NeedsYou">How much waits for somebody.</param>
/// <param name="Broke">How many branches and patches are broken.</param>
/// <param name="Fixed">How many are not any more.</param>
public sealed record Digest(
    DateOnly Day, IReadOnlyList<DigestSection> Sections, Notification? Report, int NeedsYou, int Broke, int Fixed)
{
    private const int MaxLines = 25;
    private const string Daily = NotificationTypes.ReportPrefix + "daily";

    /// <summary>The verdicts that a digest of these asks for.</summary>
    public static IReadOnlyList<string> Verdicts(IEnumerable<Notification> kept)
        => [.. kept.Where(static n => n.Build is not null).Select(KeyOf).Distinct(StringComparer.Ordinal)];

    /// <summary>The digest.</summary>
    /// <param name="day">Of which day.</param>
    /// <param name="kept">What waited.</param>
    /// <param name="verdicts">The last verdicts, as they are now.</param>
    public static Digest Of(DateOnly day, IReadOnlyList<Notification> kept, IReadOnlyDictionary<string, LastVerdict> verdicts)
    {
        var newest = kept.OrderByDescending(static n => n.At).ToList();
        var (needs, turns, health, security, reports, rest) = (
            new List<DigestLine>(), new List<DigestLine>(), new List<DigestLine>(), new List<DigestLine>(), new List<DigestLine>(),
            new List<DigestLine>());
        foreach (var builds in Grouped(newest, static n => n.Build is null ? null : KeyOf(n)))
            Build(builds, verdicts.GetValueOrDefault(KeyOf(builds[0])), turns, rest);
        foreach (var group in Grouped(newest, static n => n.Build is null ? SubjectOf(n) : null))
            Add(group, newest, needs, turns, health, security);
        var report = newest.FirstOrDefault(static n => n.Type == Daily);
        reports.AddRange(newest.Where(n => n.Report is not null && n != report).Select(static n => new DigestLine(n.Title, n.Url)));
        foreach (var n in newest.Where(static n => n.Build is null && n.Report is null && SubjectOf(n) is null))
            (n.Level > Level.Info ? needs : rest).Add(new DigestLine(n.Title, n.Url));
        return new Digest(
            day,
            [.. new[]
            {
                Section("Needs you", needs), Section("Broke and fixed", turns), Section("Health", health), Section("Security", security),
                Section("Reports", reports), Section("What else", rest),
            }.Where(static s => s.Lines.Count > 0)],
            report, needs.Count, turns.Count(static t => t.State == "broke"), turns.Count(static t => t.State == "fixed"));
    }

    /// <summary>In one line.</summary>
    public string Title()
    {
        string?[] parts =
        [
            NeedsYou > 0 ? $"{NeedsYou} need{(NeedsYou == 1 ? "s" : "")} you" : null, Broke > 0 ? $"{Broke} broke" : null,
            Fixed > 0 ? $"{Fixed} fixed" : null,
        ];
        var said = string.Join(", ", parts.Where(static p => p is not null));
        var on = Day.ToString("d MMMM", CultureInfo.InvariantCulture);
        return said.Length > 0 ? $"Auxo on {on}: {said}" : $"Auxo on {on}: nothing needs you";
    }

    private static void Build(List<Notification> builds, LastVerdict? now, List<DigestLine> turns, List<DigestLine> rest)
    {
        var last = builds[0];
        var (wasBroken, wasFixed) = (
            builds.Any(static n => n.Build!.Outcome is Outcome.Failed or Outcome.TimedOut),
            builds.Any(static n => n.Build!.Change == Transition.Fixed));
        var isBroken = now?.IsBroken ?? last.Build!.Outcome is Outcome.Failed or Outcome.TimedOut;
        if (isBroken && (wasBroken || wasFixed)) turns.Add(new DigestLine(last.Title, last.Url, "broke"));
        else if (wasBroken || wasFixed) turns.Add(new DigestLine(last.Title, last.Url, "fixed"));
        else rest.Add(new DigestLine(builds.Count == 1 ? last.Title : $"{last.Title} (and {builds.Count - 1} before)", last.Url));
    }

    private static void Add(
        List<Notification> group, List<Notification> all, List<DigestLine> needs, List<DigestLine> turns, List<DigestLine> health,
        List<DigestLine> security)
    {
        var (last, first) = (group[0], group[^1]);
        switch (last.Type)
        {
            case "failure.recovered" or NotificationTypes.AlertCleared or NotificationTypes.PrivateAgain:
                turns.Add(new DigestLine(last.Title, last.Url, "over"));
                break;
            case NotificationTypes.ReviewWanted when all.Any(n => n.Type is "patch.merged" or "patch.archived"
                && n.Patch?.Id == last.Patch?.Id):
                break;
            case NotificationTypes.HealthChanged or NotificationTypes.HealthCritical:
                health.Add(new DigestLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{last.Repository?.Name}: {last.Health!.Score} of 100, {first.Health!.Before} before ({last.Health.Band})"),
                    last.Url, last.Health.Score < first.Health.Before ? "fell" : "rose"));
                break;
            case NotificationTypes.SecurityFound:
                foreach (var n in group) security.Add(new DigestLine($"{n.Title}: {Notification.Line(n.Text.Split('\n')[0])}", n.Url));
                break;
            default:
                needs.Add(new DigestLine(last.Title, last.Url));
                break;
        }
    }

    /// <summary>
    /// What several notifications tell of one after the other, so that only the newest counts; null for what stands alone.
    /// </summary>
    private static string? SubjectOf(Notification n) => n switch
    {
        { Report: not null } => null,
        { Failure: { } failure } => $"failure {n.Repository?.Rid} {failure.Id}",
        { Alert: { } alert } => $"alert {n.Repository?.Rid} {alert.Name}",
        { Health: not null } => $"health {n.Repository?.Rid}",
        { Type: NotificationTypes.ReviewWanted or NotificationTypes.MergedWithoutPass } => $"{n.Type} {n.Patch?.Id}",
        { Type: NotificationTypes.Exposed or NotificationTypes.PrivateAgain } => $"privacy {n.Repository?.Rid}",
        { Type: NotificationTypes.SecurityFound } => $"security {n.Repository?.Rid}",
        { Type: NotificationTypes.ScheduleMissed } => $"schedule {n.Repository?.Rid} {n.Title}",
        _ => null,
    };

    private static string KeyOf(Notification n)
        => $"{n.Repository?.Rid}/{n.Patch?.Id ?? n.Build!.Ref}" + (n.Build!.Schedule is { } schedule ? $"#{schedule}" : "");

    private static List<List<Notification>> Grouped(List<Notification> newest, Func<Notification, string?> key)
        => [.. newest.Where(n => key(n) is not null).GroupBy(n => key(n)!, StringComparer.Ordinal).Select(static g => g.ToList())];

    private static DigestSection Section(string title, List<DigestLine> lines)
        => new(title, lines[..Math.Min(lines.Count, MaxLines)], Math.Max(0, lines.Count - MaxLines));
}
