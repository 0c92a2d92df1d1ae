using System.Globalization;
using System.Net;
using System.Text;

using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;
using Auxo.Notify.Notifications.News;

namespace Auxo.Notify.Digests;

/// <summary>A digest as it is sent: a text, and a page for mail that reads well on a dark screen too.</summary>
public static class DigestPage
{
    /// <summary>What notifications of digests are called; no route leads to them.</summary>
    public const string Type = "digest";

    private const string Style = """
        body{font-family:-apple-system,"Segoe UI",Roboto,sans-serif;font-size:15px;line-height:1.45;color:#1b1b1b;background:#fff}
        body{max-width:44em;margin:0 auto;padding:16px}
        h1{font-size:20px;margin:0 0 12px}h2{font-size:16px;margin:20px 0 6px;border-bottom:1px solid #ddd;padding-bottom:3px}
        ul{margin:0;padding-left:20px}li{margin:3px 0;overflow-wrap:anywhere}a{color:#0b57d0}.state{font-weight:600}
        .bad{color:#b00020}.good{color:#2e7d32}.calm{color:#666}
        @media (prefers-color-scheme:dark){body{color:#e6e6e6;background:#16181c}h2{border-color:#444}a{color:#8ab4f8}
        .bad{color:#ff8a80}.good{color:#81c995}.calm{color:#a0a0a0}}
        """;

    /// <summary>The notification of somebody's digest. Its id follows from whose and of which day it is.</summary>
    public static Notification Of(string reader, Digest digest, DateTimeOffset now)
        => new(
            Id(reader, digest.Day), Type, digest.NeedsYou > 0 || digest.Report is { Level: > Level.Info } ? Level.Warning : Level.Info,
            digest.Title(), Text(digest), now, Url: digest.Report?.Url,
            Report: new ReportFacts($"{reader}/{digest.Day:yyyy-MM-dd}", Type, digest.Day, Html(digest)));

    /// <summary>Of one reader and day, always the same.</summary>
    public static Guid Id(string reader, DateOnly day)
        => DeliveryId.OfNotification(Type, string.Create(CultureInfo.InvariantCulture, $"{reader}\n{day:yyyy-MM-dd}"));

    private static string Text(Digest digest)
    {
        var text = new StringBuilder();
        foreach (var section in digest.Sections)
        {
            text.Append(section.Title).Append('\n');
            foreach (var line in section.Lines)
                text.Append("- ").Append(line.State is null ? "" : line.State + ": ").Append(Notification.Line(line.Text, 300))
                    .Append('\n');
            if (section.More > 0) text.Append(CultureInfo.InvariantCulture, $"- and {section.More} more\n");
            text.Append('\n');
        }

        if (digest.Report is { } report) text.Append(report.Title).Append("\n\n").Append(report.Text);
        return Notification.Lines(text.ToString().TrimEnd(), ReportNotification.MaxText);
    }

    private static string Html(Digest digest)
    {
        var (page, whole) = (new StringBuilder(), digest.Report?.Report?.Html);
        page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width\"><title>").Append(Encode(digest.Title()))
                .Append("</title><style>")
            .Append(Style).Append("</style>").Append(Styles(whole)).Append("</head><body><h1>").Append(Encode(digest.Title()))
                .Append("</h1>");
        foreach (var section in digest.Sections)
        {
            page.Append("<h2>").Append(Encode(section.Title)).Append("</h2><ul>");
            foreach (var line in section.Lines) page.Append("<li>").Append(State(line.State)).Append(Linked(line)).Append("</li>");
            if (section.More > 0) page.Append(CultureInfo.InvariantCulture, $"<li class=\"calm\">and {section.More} more</li>");
            page.Append("</ul>");
        }

        if (whole is not null) page.Append("<hr>").Append(Body(whole));
        else if (digest.Report is { } report) page.Append("<hr><pre style=\"white-space:pre-wrap\">").Append(Encode(report.Text))
            .Append("</pre>");
        return page.Append("</body></html>").ToString();
    }

    private static string State(string? state)
        => state is null ? "" : $"<span class=\"state {(state is "broke" or "fell" ? "bad" : "good")}\">{Encode(state)}</span> ";

    private static string Linked(DigestLine line)
    {
        var text = Encode(Notification.Line(line.Text, 300));
        return Uri.TryCreate(line.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? $"<a href=\"{Encode(url!.AbsoluteUri)}\">{text}</a>"
            : text;
    }

    /// <summary>What stands in the body of a page, or all of what is none.</summary>
    private static string Body(string html)
    {
        var begin = html.IndexOf("<body", StringComparison.OrdinalIgnoreCase);
        if (begin < 0) return html;
        var open = html.IndexOf('>', begin);
        var end = html.LastIndexOf("</body>", StringComparison.OrdinalIgnoreCase);
        return open < 0 || end <= open ? "" : html[(open + 1)..end];
    }

    private static string Styles(string? html)
    {
        var (styles, at) = (new StringBuilder(), 0);
        while (html is not null && html.IndexOf("<style", at, StringComparison.OrdinalIgnoreCase) is >= 0 and var begin
            && html.IndexOf("</style>", begin, StringComparison.OrdinalIgnoreCase) is >= 0 and var end
            && (html.IndexOf("<body", StringComparison.OrdinalIgnoreCase) is var body && (body < 0 || begin < body)))
        {
            at = end + "</style>".Length;
            if (html.Contains("<body", StringComparison.OrdinalIgnoreCase)) styles.Append(html, begin, at - begin);
        }

        return styles.ToString();
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
