using System.Globalization;
using System.Text;

using Auxo.Torture.Audit;
using Auxo.Torture.Kills;
using Auxo.Torture.Load;

namespace Auxo.Torture;

/// <summary>What is printed at the end.</summary>
internal static class Report
{
    /// <summary>How much of a list is printed.</summary>
    private const int Most = 40;

    /// <summary>The table, the sum, and what is wrong.</summary>
    public static string Of(TortureOptions options, bool nodes, TimeSpan took, Killer killer, Ledger ledger, Findings findings)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{killer.Deaths.Count} kills in {took.TotalSeconds:0} s, seed {options.Seed}, on "
                + $"{(nodes ? "plain git storage and real Radicle nodes" : "plain git storage")}");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"killed",-44} {"kills",5} {"healthy again: p50",19} {"longest",9}");
        foreach (var kind in killer.Deaths.GroupBy(static d => (d.Kind, Target: Target(d)))
            .OrderBy(static g => g.Key.Kind).ThenBy(static g => g.Key.Target, StringComparer.Ordinal))
        {
            var healthy = kind.Where(static d => d.Kind != KillKind.Restarting).Select(static d => d.Healthy.TotalSeconds).Order().ToList();
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{kind.Key.Target,-44} {kind.Count(),5} "
                    + $"{(healthy.Count == 0 ? "" : $"{healthy[healthy.Count / 2]:0.0} s"),19} "
                    + $"{(healthy.Count == 0 ? "" : $"{healthy[^1]:0.0} s"),9}");
        }

        var rows = CrashMatrix.Rows.Where(row => (nodes || !row.NeedsNode) && !row.NeedsRunner).ToList();
        var died = killer.Deaths.Where(static d => d.Kind == KillKind.CrashPoint)
            .Select(static d => new CrashRow(d.Target, d.Point!)).ToHashSet();
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"crash points         {rows.Count(died.Contains)} of "
                + $"{rows.Count}{(nodes ? "" : $" ({CrashMatrix.Rows.Count(static row => row.NeedsNode)} more need a Radicle node)")}");
        foreach (var missed in killer.NeverReached) text.AppendLine(CultureInfo.InvariantCulture, $"  nobody came by: {missed}");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"acknowledged         {Auditor.Text(ledger.Acknowledged)} ({ledger.Webhooks.Count} webhooks, "
                + $"{ledger.Uploads.Count + ledger.Deleted.Count} uploads, {ledger.Images.Count} images, {ledger.Packages.Count} packages, "
                + $"{ledger.Deployments.Count + ledger.Failures.Count} reports, …); {Auditor.Text(ledger.Unanswered)} "
                + $"unanswered, and sent again");
        text.AppendLine(CultureInfo.InvariantCulture, $"lost                 {findings.Lost.Count}");
        text.AppendLine(CultureInfo.InvariantCulture, $"effects doubled      {findings.Doubled.Count}");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"notifications        {Auditor.Text(findings.Told)} told, {Auditor.Text(findings.Repeated)} repeated (same id, same body)");
        foreach (var (what, list) in ((string, IReadOnlyCollection<string>)[])[
            ("lost", findings.Lost), ("doubled", findings.Doubled), ("wrong", findings.Others)])
        {
            foreach (var line in list.Take(Most)) text.AppendLine(CultureInfo.InvariantCulture, $"  {what}: {line}");
            if (list.Count > Most) text.AppendLine(CultureInfo.InvariantCulture, $"  {what}: and {list.Count - Most} more");
        }

        return text.ToString();
    }

    private static string Target(Death death) => death.Kind switch
    {
        KillKind.Service => $"{death.Target}, SIGKILL",
        KillKind.Restarting => $"{death.Target}, while it was starting",
        KillKind.CrashPoint => $"{death.Target}, at a crash point",
        KillKind.Twin => $"{death.Target}, a second process of it",
        KillKind.Postgres => "PostgreSQL, -m immediate",
        KillKind.AppHost => "the AppHost, SIGKILL",
        _ => "every process at once",
    };
}
