using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Metrics;

/// <summary><c>auxo metrics dora [REPOSITORY]</c></summary>
internal static class ShowDora
{
    private const int BarWidth = 12;

    public static void One(Terminal terminal, DoraReport dora)
    {
        Chart.Head(terminal, dora.Name, dora.Rid, dora.From, dora.To);
        var (often, lead, fail, recovery, rework) = (
            dora.DeploymentFrequency, dora.ChangeLeadTime, dora.ChangeFailRate, dora.Recovery, dora.Rework);
        var numbers = new Columns(4, "NUMBER", "VALUE", "N", "TIER", "") { Wraps = true };
        numbers.Add("Deployment frequency", Bold($"{Number(often.PerDay)} / day"), N(often.N), Chart.Tier(often.Tier), often.Reason
            ?? $"on {often.DeploymentDays} {(often.DeploymentDays == 1 ? "day" : "days")}, {Number(often.DeploymentDaysPerWeek)} a week");
        numbers.Add("Change lead time", Bold(Chart.Time(lead.Time.P50Seconds)), N(lead.Time.N), Chart.Tier(lead.Tier),
            lead.Reason ?? LeadTime(lead));
        numbers.Add("Change fail rate", Bold(Chart.Percent(fail.Ratio)), N(fail.N), Chart.Tier(fail.Tier), fail.Reason
            ?? Unattributed($"{fail.Count} of {fail.N} failed", fail.Unattributed));
        numbers.Add("Recovery time", Bold(Chart.Time(recovery.Time.P50Seconds)), N(recovery.Time.N),
            Chart.Tier(recovery.Tier), Recovery(recovery));
        numbers.Add("Rework", Bold(Chart.Percent(rework.Ratio)), N(rework.N), "", rework.Reason
            ?? $"{rework.Count} of {rework.N} were unplanned");
        numbers.Add("Score", Bold(dora.Score is { } score ? $"{Number(score)} of 4" : "–"), "", "", dora.ScoreReason
            ?? (dora.QuickCheck.Score is { } quick ? $"Quick Check {Number(quick)} of 10" : ""));
        numbers.Write(terminal);
        if (dora.Provisional is not null)
        {
            var provisional = new Columns(1, "", "") { Wraps = true };
            provisional.Add(new Cell("!", "yellow"), new Cell($"may still change: {dora.Provisional}", "yellow"));
            provisional.Write(terminal);
        }

        Weeks(terminal, dora.Weeks);
        terminal.Line();
        var (red, classic) = (dora.DefaultBranch, dora.Classic);
        Chart.Red(terminal, red);
        terminal.Line(
            $"[dim]old numbers: {Number(classic.MergesPerDay)} merges and {Number(classic.CiJobsPerDay)} builds a day; "
                + $"{Chart.Time(classic.LeadTimeToMerge.P50Seconds)} to merge (n {classic.LeadTimeToMerge.N})[/]");
    }

    public static void All(Terminal terminal, IReadOnlyList<DoraReport> reports)
    {
        var columns = new Columns(0, "REPOSITORY", "DEPLOYED", "N", "LEAD TIME", "N", "FAILED", "RECOVERY", "N", "SCORE");
        foreach (var dora in reports.OrderBy(static d => d.Name ?? d.Rid, StringComparer.Ordinal))
        {
            columns.Add(
                Bold(dora.Name ?? dora.Rid), $"{Number(dora.DeploymentFrequency.PerDay)} / day",
                N(dora.DeploymentFrequency.N), Chart.Time(dora.ChangeLeadTime.Time.P50Seconds),
                N(dora.ChangeLeadTime.Time.N), Chart.Percent(dora.ChangeFailRate.Ratio),
                Chart.Time(dora.Recovery.Time.P50Seconds), N(dora.Recovery.Time.N),
                dora.Score is { } score ? Number(score) : "–");
        }

        columns.Write(terminal);
    }

    private static void Weeks(Terminal terminal, IReadOnlyList<DoraWeek> weeks)
    {
        if (weeks.Count == 0) return;
        var (most, longest) = (weeks.Max(static w => w.Deployments), weeks.Max(static w => w.LeadTimeP50Seconds) ?? 0);
        terminal.Line();
        var columns = new Columns(1, "WEEK OF", "DEPLOYMENTS", "", "FAILED", "LEAD TIME (MEDIAN)", "", "N");
        foreach (var week in weeks.TakeLast(13))
        {
            columns.Add(
                week.Monday.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                new Cell(Chart.Bar(week.Deployments, most, BarWidth), "cyan"), N(week.Deployments),
                week.Failed > 0
                    ? new Cell(N(week.Failed), "red")
                    : "", new Cell(Chart.Bar(week.LeadTimeP50Seconds ?? 0, longest, BarWidth), "blue"),
                week.LeadTimeP50Seconds is null ? "" : Chart.Time(week.LeadTimeP50Seconds), week.Changes > 0 ? N(week.Changes) : "");
        }

        columns.Write(terminal);
    }

    private static string LeadTime(LeadTimeNumber lead)
    {
        var stages =
            $"coding {Chart.Time(lead.Stages.CodingP50Seconds)}, review {Chart.Time(lead.Stages.ReviewP50Seconds)}, "
                + $"deploy {Chart.Time(lead.Stages.DeployP50Seconds)}; p90 {Chart.Time(lead.Time.P90Seconds)}";
        return lead.Untimed > 0 ? $"{stages}; {lead.Untimed} more without a known beginning" : stages;
    }

    private static string Recovery(RecoveryNumber recovery)
        => recovery.Open > 0 ? $"{recovery.Reason ?? "a lower bound"}: {recovery.Open} still open" : recovery.Reason
            ?? $"seen after {Chart.Time(recovery.DetectionP50Seconds)}, over {Chart.Time(recovery.ExposureP50Seconds)} "
                + "after the deployment";

    private static string Unattributed(string text, int? unattributed)
        => unattributed > 0 ? $"{text}; {unattributed} {(unattributed == 1 ? "failure" : "failures")} of no known deployment" : text;

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string N(int n) => n.ToString(CultureInfo.InvariantCulture);

    private static Cell Bold(string text) => new(text, "bold");
}
