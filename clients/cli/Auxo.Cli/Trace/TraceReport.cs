using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Trace;

/// <summary>The timeline for people.</summary>
internal static class TraceReport
{
    private const int MostNext = 6;
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
        var last = timeline.Sections.Count == 0 ? [] : timeline.Sections[^1].Entries;
        var (open, failed) = (timeline.Entries.Count(static l => l.State == "open"), last.Count(static l => l.State == "failed"));
        if (!timeline.IsWhole) terminal.Line(
            "[yellow]! the timeline is incomplete: "
                + $"{Terminal.Safe(string.Join(", ", timeline.Missing.Select(static h => h.Service)))} did not answer[/]");
        if (failed > 0) terminal.Line($"[red]✗ {Times(failed, "thing")} failed[/]{(open > 0 ? $", {open} under way" : "")}");
        else if (open > 0) terminal.Line($"[yellow]> {Times(open, "thing")} under way[/]");
        else if (last.Count > 0 && timeline.IsWhole) terminal.Line($"[green]✓ all that began has ended[/]{Took(last)}");
        if (last.Count > 0 && timeline.IsWhole
            && last.All(static l => l.Service != "notify") && last.Any(static l => l.What == "build_finished"))
            terminal.Line("[dim]No notification was sent: no route wants it ('auxo notify routes').[/]");

        var next = last.Where(static l => l is { Next: not null, State: "failed" or "open" })
            .Concat(timeline.Entries.Where(static l => l is { Next: not null, State: "open" }))
            .Select(static l => l.Next!).Distinct(StringComparer.Ordinal).ToList();
        // 'ci logs BUILD' beside 'ci logs BUILD --step test' says nothing more.
        next.RemoveAll(command => next.Exists(other => other.StartsWith(command + " ", StringComparison.Ordinal)));
        if (!timeline.IsWhole) next.Insert(0, "auxo status");
        foreach (var command in next.Take(MostNext)) terminal.Line($"  [dim]next:[/] {Terminal.Safe(command)}");
    }

    private static string Took(IReadOnlyList<TimelineEntry> lines)
    {
        var end = lines.LastOrDefault(static l => l.What is "comment_posted" or "build_finished") ?? lines[^1];
        return $" [dim]{Duration.Of((end.At - lines[0].At).TotalSeconds)} from the first sight to "
            + $"{(end.What == "comment_posted" ? "the comment" : end.What == "build_finished" ? "the verdict" : "the end")}[/]";
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
