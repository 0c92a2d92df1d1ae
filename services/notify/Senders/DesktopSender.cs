using System.ComponentModel;
using System.Diagnostics;
using System.Net;

using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;

namespace Auxo.Notify.Senders;

/// <summary>Where programs and the user's session are found.</summary>
/// <param name="Path">The search path.</param>
/// <param name="SessionBus">The address of the desktop's message bus; null outside of a desktop session.</param>
public sealed record DesktopSession(string? Path, string? SessionBus);

/// <summary>
/// Shows a notification on the desktop of this machine, by the system's own program. Words from outside are arguments, never
/// part of a script.
/// </summary>
public sealed class DesktopSender(DesktopSession session, TimeProvider time) : ISender
{
    private static readonly string[] MacScript =
        ["-e", "on run argv", "-e", "display notification (item 2 of argv) with title (item 1 of argv)", "-e", "end run", "--"];

    /// <inheritdoc/>
    public ChannelKind Kind => ChannelKind.Desktop;

    /// <inheritdoc/>
    public int AtOnce => 1;

    /// <inheritdoc/>
    public async Task<SendResult> SendAsync(BegunDelivery delivery, ChannelSettings settings, TimeSpan limit, CancellationToken ct)
    {
        var name = OperatingSystem.IsMacOS() ? "osascript" : "notify-send";
        if (Find(name) is not { } program)
            return new SendResult.Impossible
            {
                Detail =
                    $"there is no {name} on the machine that Auxo runs "
                        + $"on{(OperatingSystem.IsMacOS() ? "" : " (on Debian: apt install libnotify-bin)")}",
            };
        if (!OperatingSystem.IsMacOS() && string.IsNullOrEmpty(session.SessionBus))
            return new SendResult.Impossible
            {
                Detail =
                    "Auxo does not run inside of a desktop session (DBUS_SESSION_BUS_ADDRESS is not set), so there is "
                        + "no desktop to show it on",
            };

        using var clock = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, ct);
        var start = new ProcessStartInfo(
            program, Arguments(delivery.Form is { } form ? delivery.Notification with { Text = form } : delivery.Notification))
        {
            RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            try
            {
                var (error, output) = (process.StandardError.ReadToEndAsync(both.Token), process.StandardOutput.ReadToEndAsync(both.Token));
                await Task.WhenAll(error, output, process.WaitForExitAsync(both.Token));
                return process.ExitCode == 0
                    ? new SendResult.Delivered { Detail = "shown" }
                    : new SendResult.Failed
                    {
                        Status = process.ExitCode, Detail = $"{name} ended with {process.ExitCode}",
                        Excerpt = Notification.Lines(await error, 500),
                    };
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                if (ct.IsCancellationRequested) throw;
                return new SendResult.Failed { Detail = $"{name} did not end within {limit.TotalSeconds:0} s" };
            }
        }
        catch (Win32Exception e)
        {
            return new SendResult.Impossible { Detail = $"{program} cannot be started: {e.Message}" };
        }
    }

    /// <summary>The body of notify-send may hold a little markup, so it is escaped; the title may not begin an option.</summary>
    internal static IEnumerable<string> Arguments(Notification n)
        => OperatingSystem.IsMacOS()
            ? [.. MacScript, n.Title, n.Text]
            : ["-a", "Auxo", "-u", n.Level switch { Level.Critical => "critical", Level.Warning => "normal", _ => "low" },
                "--", n.Title, WebUtility.HtmlEncode(Notification.Lines(n.Text, 500))];

    private string? Find(string program)
        => (session.Path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted).Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
}
