using System.Net;

using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;

using MimeKit;

namespace Auxo.Notify.Senders;

/// <summary>A notification as a mail: plain text first, HTML for who prefers it, threaded by patch or branch.</summary>
public static class MailMessage
{
    /// <summary>Every attempt has the same Message-ID, so that a mail server or reader that got it twice shows it once.</summary>
    public static MimeMessage Of(BegunDelivery delivery, EmailSettings settings)
    {
        var n = delivery.Notification;
        var message = new MimeMessage
        {
            Date = n.At, Subject = $"[{n.Repository?.Name ?? "auxo"}] {Subject(n)}", MessageId = $"{delivery.Id}@auxo",
        };
        message.From.Add(MailboxAddress.Parse(settings.From));
        foreach (var to in settings.To) message.To.Add(MailboxAddress.Parse(to));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Auxo-Event", n.Type);
        message.Headers.Add("X-Auxo-Level", Words.Of(n.Level));
        if (n.Repository is { } repository)
        {
            message.Headers.Add("List-Id", $"{Bare(repository.Name)} <{Bare(repository.Rid)}.auxo>");

            // A made-up first message that all of one patch or branch answer, as GitHub and Alertmanager do.
            message.InReplyTo = $"{Bare(n.Patch?.Id ?? n.Build?.Ref ?? n.Type)}.{Bare(repository.Rid)}@auxo";
            message.References.Add(message.InReplyTo);
        }

        var text = n.Url is null || n.Text.Contains(n.Url, StringComparison.Ordinal) ? n.Text : $"{n.Text}\n{n.Url}";
        message.Body = new MultipartAlternative
        {
            new TextPart("plain")
            {
                Text = $"{n.Title}\n\n{text}\n\n-- \nAuxo, {n.Type}, {delivery.Id}\n",
                ContentTransferEncoding = ContentEncoding.QuotedPrintable,
            },
            new TextPart("html")
            {
                Text = delivery.Form ?? (n.Report?.Html is { } html ? Whole(html, n, delivery.Id) : Html(n, text, delivery.Id)),
                ContentTransferEncoding = ContentEncoding.QuotedPrintable,
            },
        };
        return message;
    }

    /// <summary>Without the repository's name, which stands before it.</summary>
    private static string Subject(Notification n)
        => n.Repository is { } r && n.Title.StartsWith(r.Name + ": ", StringComparison.Ordinal) ? n.Title[(r.Name.Length + 2)..] : n.Title;

    private static string Html(Notification n, string text, string id)
    {
        var colour = n.Level switch { Level.Critical => "#b00020", Level.Warning => "#b25e00", _ => "#2e7d32" };
        return $"""
            <div style="font-family:sans-serif;border-left:4px solid {colour};padding-left:12px">
            <p><strong>{Encode(n.Title)}</strong></p>
            <pre style="font-family:monospace;white-space:pre-wrap">{Encode(text)}</pre>
            {(n.Url is null ? "" : $"""<p><a href="{Encode(n.Url)}">{Encode(n.Url)}</a></p>""")}
            </div>
            <p style="color:#777;font-size:small">Auxo, {Encode(n.Type)}, {Encode(id)}</p>

            """;
    }

    /// <summary>A report brings a page of its own, which says its title itself.</summary>
    private static string Whole(string html, Notification n, string id)
        => html.Contains("</body>", StringComparison.OrdinalIgnoreCase)
            ? html.Replace("</body>", Foot(n, id) + "</body>", StringComparison.OrdinalIgnoreCase)
            : html + Foot(n, id);

    private static string Foot(Notification n, string id)
        => (n.Url is null ? "" : $"""<p><a href="{Encode(n.Url)}">{Encode(n.Url)}</a></p>""")
            + $"""<p style="color:#777;font-size:small">Auxo, {Encode(n.Type)}, {Encode(id)}</p>""";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    /// <summary>For the left side of an id: letters, digits, dots and dashes.</summary>
    private static string Bare(string text)
        => string.Concat(text.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-'));
}
