using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Notify;

/// <summary>How deliveries are said to people.</summary>
internal static class DeliveryReport
{
    public static Cell State(Delivery delivery) => delivery.State switch
    {
        "delivered" => new("✓ delivered", "green"),
        "dead" => new("✗ given up", "red"),
        "sending" => new("> sending", "cyan"),
        _ => new("· waiting", "yellow"),
    };

    /// <summary>One attempt on one line, and what the receiver said below, unless it stands there already.</summary>
    public static void Line(Terminal terminal, DeliveryAttempt attempt)
    {
        var mark = attempt.Outcome switch { "delivered" => "[green]✓[/]", "interrupted" => "[yellow]?[/]", _ => "[red]✗[/]" };
        var status = attempt.Status is { } code ? $" {code}" : "";
        terminal.Line(
            $"  {mark} attempt {attempt.Attempt}{status}  {Terminal.Safe(attempt.Detail)}  "
                + $"[dim]{Duration.Of(attempt.Seconds)}[/]".TrimEnd());
        var said = attempt.Excerpt?.ReplaceLineEndings(" ").Trim() ?? "";
        if (said.Length == 0 || attempt.Detail?.Contains(said, StringComparison.Ordinal) == true) return;
        terminal.Line($"    [dim]{Terminal.Safe(Columns.Cut(said, Math.Max(20, terminal.Width - 4)))}[/]");
    }

    /// <summary>How it ended, or goes on.</summary>
    public static void End(Terminal terminal, Delivery delivery)
    {
        switch (delivery.State)
        {
            case "delivered":
                terminal.Line("[green]✓ delivered[/]");
                break;
            case "dead":
                terminal.Line($"[red]✗ given up:[/] {Terminal.Safe(delivery.Reason)}");
                terminal.Line($"  when the cause is mended: auxo notify replay {Terminal.Safe(delivery.Id)}");
                terminal.Line($"  when it need not be sent any more: auxo notify forget {Terminal.Safe(delivery.Id)}");
                break;
            default:
                var until = delivery.Due is { } due ? $" until {due:HH:mm:ss} UTC" : "";
                var reason = delivery.Reason is null ? "" : ": " + Terminal.Safe(delivery.Reason);
                terminal.Line($"[yellow]· waiting[/]{until}{reason}");
                break;
        }
    }
}
