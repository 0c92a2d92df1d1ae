using System.Net.Sockets;

using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.ServiceDefaults.Egress;

using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

using MimeKit;

namespace Auxo.Notify.Senders;

/// <summary>Sends mail through the channel's SMTP server, through the guard.</summary>
public sealed class EmailSender(EgressGuard guard, TimeProvider time) : ISender
{
    /// <inheritdoc/>
    public ChannelKind Kind => ChannelKind.Email;

    /// <inheritdoc/>
    public int AtOnce => 2;

    /// <inheritdoc/>
    public async Task<SendResult> SendAsync(BegunDelivery delivery, ChannelSettings settings, TimeSpan limit, CancellationToken ct)
    {
        var mail = settings.Email!;
        using var clock = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, ct);
        using var smtp = new Session();
        try
        {
            await using var stream = await guard.ConnectAsync(mail.Host, mail.Port, both.Token);
            await smtp.ConnectAsync(stream, mail.Host, mail.Port, Options(mail.Security), both.Token);
            if (mail is { User: { } user, Password: { } password })
            {
                if (!smtp.Capabilities.HasFlag(SmtpCapabilities.Authentication))
                    return new SendResult.Refused
                    {
                        Detail = $"{mail.Host} offers no login; if it wants none, leave the channel's user and password away",
                    };
                await smtp.AuthenticateAsync(user, password, both.Token);
            }

            var beyond = smtp.Capabilities.HasFlag(SmtpCapabilities.UTF8) ? [] : mail.To.Where(IsBeyondAscii).ToList();
            if (beyond.Count == mail.To.Count || (!smtp.Capabilities.HasFlag(SmtpCapabilities.UTF8) && IsBeyondAscii(mail.From)))
                return new SendResult.Impossible
                {
                    Detail = $"{mail.Host} takes no addresses beyond ASCII (it has no SMTPUTF8), such as "
                        + $"{(beyond.Count == mail.To.Count ? beyond[0] : mail.From)}; give the channel another address or another server",
                };
            var taken = mail with { To = [.. mail.To.Except(beyond, StringComparer.Ordinal)] };
            using var message = MailMessage.Of(delivery, taken);
            var format = FormatOptions.Default.Clone();
            format.International = taken.To.Append(taken.From).Any(IsBeyondAscii);
            var answer = await smtp.SendAsync(format, message, both.Token);
            await ByeAsync(smtp, both.Token);
            return new SendResult.Delivered
            {
                Status = 250, Detail = Took(mail, beyond, [.. smtp.Refused.Select(static r => r.Address)]),
                Excerpt = Notifications.Notification.Line(answer, 500),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new SendResult.Failed { Detail = $"{mail.Host} did not answer within {limit.TotalSeconds:0} s" };
        }
        catch (Exception e) when (e is SmtpCommandException
            or ServiceNotAuthenticatedException or AuthenticationException or SslHandshakeException or SmtpProtocolException
            or NotSupportedException or IOException or SocketException)
        {
            var result = Result(e, mail.Host);
            return e is SmtpCommandException && smtp.Refused is [.., var last]
                ? result with { Excerpt = Notifications.Notification.Line($"{last.Address}: {last.Answer}", 500) }
                : result;
        }
    }

    private static string Took(EmailSettings mail, List<string> beyond, List<string> refused)
        => $"{mail.Host} took it for {mail.To.Count - beyond.Count - refused.Count}"
            + (refused.Count + beyond.Count == 0 ? "" : $", but not for {string.Join(", ", refused.Concat(beyond))}")
            + (beyond.Count == 0 ? "" : $": it takes no addresses beyond ASCII (no SMTPUTF8), such as {beyond[0]}");

    /// <summary>What stands before the at sign needs SMTPUTF8; a domain has a form in ASCII.</summary>
    private static bool IsBeyondAscii(string address)
        => !System.Text.Ascii.IsValid(MailboxAddress.Parse(address).Address.Split('@')[0]);

    /// <summary>
    /// 4xx is "later" (greylisting), 5xx is "no". After a break in the middle nobody knows, so it is sent again under the same
    /// Message-ID.
    /// </summary>
    public static SendResult Result(Exception error, string host) => error switch
    {
        EgressDeniedException e => new SendResult.Impossible { Detail = e.Message },
        SmtpCommandException e when (int)e.StatusCode is >= 400 and < 500
            => new SendResult.Failed
            {
                Status = (int)e.StatusCode, Detail = $"{host} asks to come later",
                Excerpt = Notifications.Notification.Line(e.Message, 500),
            },
        SmtpCommandException e => new SendResult.Impossible
        {
            Status = (int)e.StatusCode, Detail = $"{host} refuses{(e.Mailbox is null ? "" : $" {e.Mailbox.Address}")}",
            Excerpt = Notifications.Notification.Line(e.Message, 500),
        },
        AuthenticationException e => new SendResult.Refused
        {
            Detail = $"{host} does not accept the login", Excerpt = Notifications.Notification.Line(e.Message, 500),
        },
        ServiceNotAuthenticatedException => new SendResult.Refused { Detail = $"{host} wants a login" },
        SslHandshakeException e => new SendResult.Failed
        {
            Detail = $"TLS with {host} failed: {Notifications.Notification.Line(e.InnerException?.Message ?? e.Message, 300)}",
        },
        NotSupportedException => new SendResult.Refused
        {
            Detail = $"{host} offers no STARTTLS, and nothing is sent in the clear; if that is meant, set the channel's security to 'none'",
        },
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } => new SendResult.Failed
        {
            Detail = $"{host} is not known to the DNS",
        },
        SocketException e => new SendResult.Failed { Detail = $"no connection to {host}: {e.SocketErrorCode}" },
        _ => new SendResult.Failed { Detail = $"{host} broke off: {Notifications.Notification.Line(error.Message, 300)}" },
    };

    private static SecureSocketOptions Options(MailSecurity security) => security switch
    {
        MailSecurity.StartTls => SecureSocketOptions.StartTls,
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };

    /// <summary>The mail is taken; whatever happens now must not have it sent again.</summary>
    private static async Task ByeAsync(SmtpClient smtp, CancellationToken ct)
    {
        try
        {
            await smtp.DisconnectAsync(quit: true, ct);
        }
        catch (Exception e) when (e is IOException or SmtpProtocolException or SocketException or OperationCanceledException)
        {
            // It went without a word.
        }
    }

    /// <summary>
    /// One recipient that does not exist must not keep the mail from the others; one that is to come later keeps all, and all
    /// are tried again.
    /// </summary>
    private sealed class Session : SmtpClient
    {
        public Session()
        {
            // Revocation lists are fetched over the network by the platform, behind the guard's back, and a list that cannot be
            // fetched would stop the mail.
            CheckCertificateRevocation = false;
        }

        public List<(string Address, string Answer)> Refused { get; } = [];

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            if ((int)response.StatusCode < 500) base.OnRecipientNotAccepted(message, mailbox, response);
            Refused.Add((mailbox.Address, response.Response));
        }
    }
}
