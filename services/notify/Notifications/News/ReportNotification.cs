using System.Globalization;

using Auxo.Contracts;

namespace Auxo.Notify.Notifications.News;

/// <summary>What is sent of a report.</summary>
public static class ReportNotification
{
    /// <summary>A longer text is cut; the report itself is kept where it was made.</summary>
    public const int MaxText = 30_000;

    /// <summary>Mail servers and readers cut or hide what is much longer.</summary>
    public const int MaxHtml = 400_000;

    /// <summary>A report. What needs somebody makes it a warning, so that a route can choose by it.</summary>
    /// <param name="m">The message.</param>
    /// <param name="id">See <see cref="NotificationId"/>.</param>
    /// <param name="console">Where people find the console; null when nobody said.</param>
    public static Notification Of(ReportPublished m, Guid id, Uri? console)
    {
        var (known, report) = (NotificationTypes.ReportKinds.Contains(m.Kind), Notification.Line(m.ReportId, 100));
        var kind = known ? m.Kind : Named(m.Kind);
        return new Notification(
            id, NotificationTypes.ReportPrefix + kind, m.NeedsAttention ? Level.Warning : Level.Info, Notification.Line(m.Title),
            Notification.Lines(m.Text, MaxText), m.At,
            Url: console is null
                ? null
                : new Uri(console, string.Create(CultureInfo.InvariantCulture, $"reports/{kind}/{m.Day:yyyy-MM-dd}")).AbsoluteUri,
            Report: new ReportFacts(report, kind, m.Day, m.Html.Length is > 0 and <= MaxHtml ? m.Html : null));
    }

    /// <summary>A kind that this version does not know, as a word that routes can name.</summary>
    private static string Named(string kind)
        => string.Concat(kind.ToLowerInvariant().Where(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_').Take(40))
            is { Length: > 0 } word ? word : "other";
}
