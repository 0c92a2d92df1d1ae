using System.Globalization;

using Auxo.Notify.Incoming;
using Auxo.Notify.Notifications;

namespace Auxo.Notify.Chat;

/// <summary>A fact on a card.</summary>
/// <param name="Name">One word or two, in which no service finds markup.</param>
/// <param name="Value">One line, perhaps from outside.</param>
public sealed record CardField(string Name, string Value);

/// <summary>
/// A notification as people in a chat read it, before it is put into a service's form. All words may come from outside, and no
/// service may take them for markup or call people by them.
/// </summary>
/// <param name="Title">One line.</param>
/// <param name="Level">How much it matters; gives the colour.</param>
/// <param name="Fields">What it is about, the most important first.</param>
/// <param name="Lines">What is wrong, or whatever was said.</param>
/// <param name="Omitted">How many lines were left out.</param>
/// <param name="Url">Where to read on; null when there is no such place.</param>
/// <param name="At">When it happened.</param>
/// <param name="Type">See <see cref="NotificationTypes"/>.</param>
public sealed record Card(
    string Title, Level Level, IReadOnlyList<CardField> Fields, IReadOnlyList<string> Lines, int Omitted, Uri? Url,
    DateTimeOffset At, string Type)
{
    /// <summary>What the channel's template says instead of fields and lines, in the service's own language; null for nothing.</summary>
    public string? Form { get; init; }

    private const int MaxLines = 20;
    private const int MaxFields = 8;

    /// <summary>Red, green and blue in 24 bits.</summary>
    public int Colour => Level switch { Level.Critical => 0xB00020, Level.Warning => 0xB25E00, _ => 0x2E7D32 };

    /// <summary>The colour as a character, for where no other is shown. It also keeps a title from beginning with markup.</summary>
    public string Mark => Level switch { Level.Critical => "🔴", Level.Warning => "🟠", _ => "🟢" };

    /// <summary>The lines, and that there were more.</summary>
    public IEnumerable<string> Shown => Omitted == 0 ? Lines : Lines.Append($"… and {Omitted} more");

    /// <summary>The card of a notification.</summary>
    public static Card Of(Notification n)
    {
        var url = Uri.TryCreate(n.Url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;
        var lines = (n.Build is { } build
                ? BuildNotification.Problems(build).Concat(url is null ? [$"auxo ci logs {build.ShortId}"] : [])
                : n.Text.Split('\n'))
            .Select(static line => Notification.Line(line, 300)).Where(static line => line.Length > 0).ToList();
        var fields = Facts(n).Where(static f => !string.IsNullOrWhiteSpace(f.Value))
            .Select(static f => new CardField(Named(f.Name), Notification.Line(f.Value, 200))).Take(MaxFields);
        return new Card(
            Notification.Line(n.Title), n.Level, [.. fields], lines[..Math.Min(lines.Count, MaxLines)],
            Math.Max(0, lines.Count - MaxLines), url, n.At, n.Type);
    }

    /// <summary>The same with less on it, and a word that there was more; null when there is nothing left to leave out.</summary>
    public Card? Shorter()
        => Form is not null ? this with { Form = null }
            : Lines.Count > 0 ? this with { Lines = [.. Lines.Take(Lines.Count / 2)], Omitted = Omitted + Lines.Count - (Lines.Count / 2) }
            : Fields.Count > 0 ? this with { Fields = [.. Fields.Take(Fields.Count / 2)] }
            : null;

    private static IEnumerable<(string Name, string? Value)> Facts(Notification n)
    {
        yield return ("repository", n.Repository?.Name);
        if (n.Patch is { } patch) yield return ("patch", Short(patch.Id));
        else if (n.Build is not null) yield return ("branch", n.Build.Ref);
        yield return ("verdict", n.Build?.Change switch
        {
            Verdicts.Transition.Broke => "broke", Verdicts.Transition.Fixed => "fixed", Verdicts.Transition.StillFailing => "still failing",
            _ => null,
        });
        yield return ("commit", Short(n.Build?.Commit ?? n.Patch?.Commit));
        yield return ("duration", n.Build?.DurationSeconds is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
            : null);
        if (n.Security is { } found)
        {
            yield return ("new findings", Number(found.Count));
            if (found.Critical > 0) yield return ("critical", Number(found.Critical));
            if (found.High > 0) yield return ("high", Number(found.High));
        }

        if (n.Health is { } health)
        {
            yield return ("health", string.Create(CultureInfo.InvariantCulture, $"{health.Score} of 100"));
            yield return ("before", string.Create(CultureInfo.InvariantCulture, $"{health.Before} ({health.BandBefore})"));
            yield return ("band", health.Band);
        }

        if (n.Owners is { Count: > 0 } owners) yield return ("owners", string.Join(", ", owners.Take(5)));
        yield return ("failure", n.Failure?.Id);
        yield return ("deployment", n.Failure?.DeploymentId);
        yield return ("since", n.Failure?.StartedAt is { } began ? Time(began) : null);
        yield return ("recovered by", n.Failure?.RecoveredBy);
        if (n.Alert is { } alert)
        {
            if (alert.StartsAt.Year > 1) yield return ("since", Time(alert.StartsAt));
            foreach (var (name, value) in alert.Values ?? new Dictionary<string, string>(StringComparer.Ordinal))
                yield return (name, value);
        }

        // Numbers that another program reports, such as a weekly job that asks for the DORA metrics.
        foreach (var (name, value) in n.Payload is null ? [] : PlainPayload.Others(n.Payload)) yield return (name, value);
    }

    /// <summary>Not everywhere can a name be escaped, so what could be markup is left out.</summary>
    private static string Named(string name)
    {
        var words = string.Concat(name.Select(static c => char.IsLetterOrDigit(c) || c is '.' or '-' or '%' or '/' ? c : ' '));
        return Notification.Line(words, 40) is { Length: > 0 } named ? named : "value";
    }

    private static string? Short(string? id)
        => id is { Length: 40 or 64 } && id.All(char.IsAsciiHexDigit) ? id[..7] : id;

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
