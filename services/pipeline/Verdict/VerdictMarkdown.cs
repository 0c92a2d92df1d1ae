using System.Globalization;
using System.Text;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Owners;

namespace Auxo.Pipeline.Verdict;

/// <summary>
/// Renders a build as the Markdown that its author reads on the patch. Names in it come from strangers: nothing of them is
/// markup.
/// </summary>
public static class VerdictMarkdown
{
    private const int MaxFindings = 10;
    private const int MaxKnownSecrets = 3;
    private const int MaxSteps = 40;
    private const int MaxHints = 3;
    private const int MaxOwners = 5;

    /// <summary>The whole body, footer included.</summary>
    public static string Render(Build build, Links links)
    {
        var text = new StringBuilder();
        text.Append(Headline(build)).Append("\n\n");
        Table(text, build);
        ReportsMarkdown.Append(text, build, links);
        Findings(text, build);
        if (build.Fixes > 0) text.Append(
            CultureInfo.InvariantCulture, $"\nfixes {build.Fixes} finding{(build.Fixes == 1 ? "" : "s")} of the default branch\n");
        Hints(text, build);
        if (RanOnHost(build)) text.Append(
            "\n> ⚠️ **Unsafe**: the steps had no sandbox; they ran on the machine itself (`Auxo__Sandbox=host`).\n");
        foreach (var note in build.Plan.Notes.Take(5)) text.Append("\n> ").Append(Escape(note)).Append('\n');
        if (build.State == BuildState.AwaitingApproval)
        {
            text.Append("\nThe steps of the pipeline file run when a delegate approves this commit: `auxo ci approve ")
                .Append(BuildId.Short(build.BuildId)).Append("`\n");
        }

        if (build.Owners is { } owners) Owners(text, owners);
        text.Append("\nLog: ").Append(links.To(build.BuildId) ?? $"`auxo ci logs {BuildId.Short(build.BuildId)}`").Append('\n');
        text.Append("\nauxo · build ").Append(BuildId.Short(build.BuildId)).Append('\n');
        return text.ToString();
    }

    /// <summary>
    /// What the verdict says at lines: what is new in the patch, the worst first. Null for a build that says nothing of its commit: then
    /// what an earlier one said stays.
    /// </summary>
    public static IReadOnlyList<PatchRemark>? Remarks(Build build)
        => build.Outcome is not (Outcome.Passed or Outcome.Failed or Outcome.TimedOut) ? null
            : [.. from finding in build.WorstFirst()
                  where finding is { Known: false, Path: not null, Line: not null }
                  group finding by (finding.Path, finding.Line!.Value, Remark(finding)) into same
                  select new PatchRemark(same.Key.Path!, same.Key.Value, same.Key.Item3)];

    /// <summary>A duration as people say it: <c>0.3 s</c>, <c>12 s</c>, <c>3 min 5 s</c>.</summary>
    public static string Words(TimeSpan duration)
        => duration.TotalSeconds switch
        {
            < 10 => duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s",
            < 60 => ((int)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s",
            < 3600 => $"{(int)duration.TotalMinutes} min {duration.Seconds} s",
            _ => $"{(int)duration.TotalHours} h {duration.Minutes} min",
        };

    /// <summary>True when steps of its pipeline file had no sandbox.</summary>
    private static bool RanOnHost(Build build)
        => build.Sandbox?.StartsWith(HostExecutor.Unsafe, StringComparison.Ordinal) == true
            && build.Plan.Steps.Any(static step => step.Image is null);

    private static string Headline(Build build)
    {
        var commit = $"`{build.Subject.Commit.Short}`";
        var took = build.Took is { } work ? $" in {Words(work)}" : "";
        var line = build switch
        {
            { State: BuildState.AwaitingApproval } => $"⏸ **Waiting for approval**: {commit}",
            { Outcome: Outcome.Passed } => $"✅ **Passed**: {commit}{took}",
            { Outcome: Outcome.Failed } => $"❌ **Failed**: {commit}{took}",
            { Outcome: Outcome.TimedOut } => $"❌ **Timed out**: {commit}{took}",
            { Outcome: Outcome.Errored } => $"⚠️ **Could not be built**: {commit}{took}",
            { Outcome: Outcome.Cancelled } => $"🚫 **Cancelled**: {commit}{took}",
            { Outcome: Outcome.Superseded } => $"⏭ **Superseded**: {commit}",
            { Outcome: Outcome.Skipped } => $"➖ **Skipped**: {commit}",
            _ => $"⏳ **Running**: {commit}",
        };
        return build.Reason is { } reason ? $"{line}. {Escape(reason)}" : line;
    }

    private static void Table(StringBuilder text, Build build)
    {
        var results = build.InOrder();
        var names = build.Plan.StepNames();
        if (names.Count == 0) return;
        text.Append("| step | result | time |\n|---|---|---|\n");
        foreach (var name in names.Take(MaxSteps))
        {
            var result = results.FirstOrDefault(result => result.Step == name);
            text.Append("| ").Append(Escape(name)).Append(" | ");
            if (result is null) text.Append(build.Running.Contains(name) ? "⏳ running" : "· waiting").Append(" | |\n");
            else text.Append(Mark(result))
                .Append(" | ").Append(result.Duration == TimeSpan.Zero ? "" : Words(result.Duration)).Append(" |\n");
        }

        if (names.Count > MaxSteps) text.Append(CultureInfo.InvariantCulture, $"\nand {names.Count - MaxSteps} more steps\n");
    }

    private static string Mark(StepResult result)
    {
        var word = (result.Outcome, result.Blocks) switch
        {
            (Outcome.Passed, _) => "✅ passed",
            (Outcome.Failed, true) => "❌ failed",
            (Outcome.Failed, false) => "⚠️ warned",
            (Outcome.TimedOut, _) => "❌ timed out",
            (Outcome.Errored, _) => "⚠️ could not be run",
            (Outcome.Cancelled, _) => "🚫 cancelled",
            (Outcome.Superseded, _) => "⏭ superseded",
            _ => "➖ skipped",
        };
        return result.Summary.Length == 0 ? word : $"{word}: {Escape(result.Summary)}";
    }

    private static void Findings(StringBuilder text, Build build)
    {
        if (build.Findings.Count == 0) return;
        text.Append('\n');
        if (build.KnownFindings > 0) text.Append(
            CultureInfo.InvariantCulture, $"**{build.NewFindings} new, {build.KnownFindings} known**\n\n");
        var fresh = build.WorstFirst().Where(static finding => !finding.Known).ToList();
        foreach (var finding in fresh.Take(MaxFindings)) Line(text, finding.Blocks ? "❌" : "⚠️", finding);
        var more = Math.Max(fresh.Count, build.NewFindings) - MaxFindings;
        if (more > 0) text.Append(CultureInfo.InvariantCulture, $"- and {more} more in the log\n");
        if (build.KnownFindings == 0) return;

        // A secret that everybody can read stays one, however long it has stood there.
        var secrets = build.Findings.Where(static finding => finding is { Known: true, Check: "secrets" }).Take(MaxKnownSecrets).ToList();
        foreach (var finding in secrets) Line(text, "🔑 known:", finding);
        if (build.KnownFindings == secrets.Count) return;
        text.Append(secrets.Count == 0 ? "- " : "- and ")
            .Append(CultureInfo.InvariantCulture, $"{build.KnownFindings - secrets.Count} known, which stand in the default branch\n");
    }

    private static void Hints(StringBuilder text, Build build)
    {
        var hinted = build.InOrder().Where(static result => result is { Hint: not null, Outcome: Outcome.Failed }).Take(MaxHints).ToList();
        if (hinted.Count > 0) text.Append('\n');
        foreach (var result in hinted)
            text.Append("- 💡 ").Append(Escape(result.Step)).Append(": ").Append(Escape(result.Hint!)).Append('\n');
    }

    private static string Remark(Finding finding) => $"{(finding.Blocks ? "❌" : "⚠️")} {Words(finding)}";

    private static string Words(Finding finding) => $"{Escape(finding.Message)} ({Escape($"{finding.Check}: {finding.Rule}")})";

    private static void Owners(StringBuilder text, ChangeOwners owners)
    {
        if (owners.Count == 0) return;
        text.Append("\nOwners of what changed: ").AppendJoin(
            ", ", owners.First.Take(MaxOwners)
                .Select(static o => $"{Escape(o.Owner)} ({o.Files} file{(o.Files == 1 ? "" : "s")})"));
        if (owners.Count > MaxOwners) text.Append(CultureInfo.InvariantCulture, $" and {owners.Count - MaxOwners} more");
        if (owners.Unowned > 0) text.Append(
            CultureInfo.InvariantCulture, $"; {owners.Unowned} {(owners.Unowned == 1 ? "file has" : "files have")} no owner");
        text.Append('\n');
    }

    private static void Line(StringBuilder text, string mark, Finding finding)
    {
        text.Append("- ").Append(mark).Append(' ');
        if (finding.Path is not null) text.Append(Code(finding.Line is { } line ? $"{finding.Path}:{line}" : finding.Path)).Append(' ');
        text.Append(Words(finding)).Append('\n');
    }

    /// <summary>Text that stays text in Markdown and in HTML, on one line and in one table cell.</summary>
    internal static string Escape(string value)
    {
        var text = new StringBuilder();
        foreach (var c in PlainText.OneLine(value, 300))
        {
            switch (c)
            {
                case '<':
                    text.Append("&lt;");
                    break;
                case '>':
                    text.Append("&gt;");
                    break;
                case '&':
                    text.Append("&amp;");
                    break;
                case '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '#' or '~' or '!':
                    text.Append('\\').Append(c);
                    break;
                case '@':
                    // A zero-width joiner would be invisible; an entity is a plain @ that mentions nobody.
                    text.Append("&#64;");
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        // A bare URL would become a link that somebody else chose.
        return text.Replace("://", ":&#47;&#47;").ToString();
    }

    /// <summary>
    /// A code span that no backtick inside can end; a pipe would still end a table cell, so it is written as what it looks
    /// like.
    /// </summary>
    internal static string Code(string value)
    {
        var text = PlainText.OneLine(value, 200);
        var longest = 0;
        var run = 0;
        foreach (var c in text) longest = Math.Max(longest, run = c == '`' ? run + 1 : 0);
        if (longest == 0) return $"`{text}`";
        var fence = new string('`', longest + 1);
        return $"{fence} {text} {fence}";
    }
}
