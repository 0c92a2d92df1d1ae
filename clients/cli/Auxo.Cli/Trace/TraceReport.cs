using System.Globalization;

using Auxo.Api.Tracing;
using Auxo.Cli.Output;

namespace Auxo.Cli.Trace;

/// <summary>The timeline for people.</summary>
internal static class TraceReport
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    public static void Write(Terminal terminal, Timeline timeline)
    {
        var subject = timeline.Subject;
        terminal.Line(
            $"[bold]{subject.Kind} {Terminal.Safe(subject.Kind == "trace" ? subject.Id : Words.Short(subject.Id))}[/]  "
                + $"{Terminal.Safe(Columns.Cut(TamedText.OneLine(subject.Head), Math.Max(20, terminal.Width - 16)))}");
        foreach (var section in timeline.Sections) Write(terminal, section, section == timeline.Sections[^1] ? timeline.Missing : []);
        if (timeline.Sections.Count == 0)
        {
            terminal.Line();
            MissingParts(terminal, timeline.Missing);
            if (timeline.IsWhole) terminal.Line(
                "No service knows anything of it. A trace has a timeline only when it began with a push.");
        }

        terminal.Line();
        End(terminal, timeline);
    }

    private static void Write(Terminal terminal, TimelineSection section, IReadOnlyList<MissingPart> missing)
    {
        terminal.Line();
        var began = section.Entries[0].At.ToOffset(terminal.Time.LocalTimeZone.GetUtcOffset(section.Entries[0].At));
        terminal.Line(
            $"[dim]{began.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}, "
                + $"{Words.Ago(terminal.Now, began)}{(section.Trace is { } id ? $"  trace {Terminal.Safe(id)}" : "")}[/]");
        var columns = new Columns(4, "", "", "", "", "") { Wraps = true };
        DateTimeOffset? last = null;
        foreach (var line in section.Entries)
        {
            var gap = line.At - (last ?? line.At);
            // What is open is shown as of now, and a gap before it would say nothing.
            var wait = line.State == "open" ? "" : Gap(gap);
            columns.Add(
                new Cell(line.State == "open" ? "now" : line.At.ToOffset(began.Offset)
                    .ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), "dim"), new Cell(wait, gap > Long ? "yellow" : "dim"),
                new Cell(line.Service, "cyan"), Sign(line.State), new Cell(
                    line.Text, line.State switch { "failed" => "red", "open" => "yellow", "note" => "dim", _ => null }));
            last = line.At;
        }

        foreach (var part in missing)
            columns.Add("", "", new Cell(part.Service, "cyan"), new Cell("!", "yellow"), new Cell(
                $"its part is missing: {part.Reason}", "yellow"));
        columns.Write(terminal);
    }

    private static void MissingParts(Terminal terminal, IReadOnlyList<MissingPart> missing)
    {
        foreach (var part in missing) terminal.Line(
            $"[yellow]! {Terminal.Safe(part.Service)}: its part is missing: {Terminal.Safe(part.Reason)}[/]");
    }

    private static void End(Terminal terminal, Timeline timeline)
    {
        var (open, failed) = (timeline.Open, timeline.Failed);
        if (!timeline.IsWhole) terminal.Line(
            "[yellow]! the timeline is incomplete: "
                + $"{Terminal.Safe(string.Join(", ", timeline.Missing.Select(static h => h.Service)))} did not answer[/]");
        if (failed > 0) terminal.Line($"[red]✗ {Times(failed, "thing")} failed[/]{(open > 0 ? $", {open} under way" : "")}");
        else if (open > 0) terminal.Line($"[yellow]> {Times(open, "thing")} under way[/]");
        else if (timeline is { IsWhole: true, Took: { } took }) terminal.Line(
            "[green]✓ all that began has ended[/] "
                + $"[dim]{Duration.Of(took.Time.TotalSeconds)} from the first sight to {took.Until}[/]");
        if (timeline.IsUnnotified) terminal.Line("[dim]No notification was sent: no route wants it ('auxo notify routes').[/]");
        foreach (var command in timeline.Next) terminal.Line($"  [dim]next:[/] {Terminal.Safe(command)}");
    }

    /// <summary>Below a tenth of a second it is nothing to look at; the times beside it have the milliseconds.</summary>
    private static string Gap(TimeSpan gap) => gap.TotalSeconds < 0.05 ? "" : "+" + Duration.Of(gap.TotalSeconds);

    private static Cell Sign(string state) => state switch
    {
        "failed" => new("✗", "red"),
        "open" => new(">", "yellow"),
        "note" => new("·", "dim"),
        _ => new("✓", "green"),
    };

    private static string Times(int n, string what) => n == 1 ? $"1 {what}" : $"{n} {what}s";
}
