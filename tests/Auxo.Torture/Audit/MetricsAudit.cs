using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Torture.Load;

namespace Auxo.Torture.Audit;

/// <summary>Every report once, and numbers that are what a plain recount of the reports and builds gives.</summary>
internal static class MetricsAudit
{
    /// <summary>Audits.</summary>
    public static async Task RunAsync(World world, InstanceDatabase database, IReadOnlyList<AuditedBuild> builds, Findings findings)
    {
        var ledger = world.Ledger;
        var events = await database.RowsAsync(
            "select type, stream_id from metrics.mt_events", static row => (Type: row.GetString(0), Stream: row.GetString(1)));
        var prefix = $"deployment/{World.Reports}/";
        var deployed = events.Where(static e => e.Type == "deployed").Select(e => e.Stream[prefix.Length..]).ToList();
        var failed = Failures("failure_detected");
        var recovered = Failures("failure_recovered");
        findings.Once("metrics", ledger.Deployments.Keys, deployed, "deployment");
        findings.Once("metrics", ledger.Failures.Keys, failed, "failure");
        findings.Once("metrics", ledger.Failures.Values.Where(static f => f.Recovered).Select(static f => f.Id), recovered, "recovery of");
        foreach (var unknown in deployed.Concat(failed).Where(id => !ledger.Sent.ContainsKey(id))) findings.Wrong(
            "metrics", $"{unknown} was never sent");
        findings.Once("metrics", builds.Where(static b => b.Outcome is not null).Select(static b => $"build/{b.Id}"),
            events.Where(static e => e.Type == "build_finished").Select(static e => e.Stream), "end of");

        var policy = (string?)(await AskAsync(world, $"/api/repositories/{Uri.EscapeDataString(World.Reports)}/policy"))["production"]?[1];
        if (policy != $"place-{ledger.Policy.Sent}" && policy != $"place-{ledger.Policy.Acknowledged}") findings.Lose(
            "metrics", $"policy {ledger.Policy.Acknowledged}: it is {policy}");

        // What nobody acknowledged may be counted all the same, when only the answer was lost: the recount goes by what is stored.
        var dora = await AskAsync(world, $"/api/dora/{Uri.EscapeDataString(World.Reports)}?days=2");
        Compare(findings, "deployments", deployed.Count, Number(dora, "deploymentFrequency", "n"));
        Compare(findings, "failed deployments", failed.Count, Number(dora, "changeFailRate", "count"));
        Compare(findings, "deployments that recovered", recovered.Count, Number(dora["recovery"]!, "time", "n"));
        foreach (var repository in builds.Where(static b => b.Outcome is not null).GroupBy(static b => b.Rid, StringComparer.Ordinal))
        {
            var ci = await AskAsync(world, $"/api/ci/{Uri.EscapeDataString(repository.Key)}?days=2");
            Compare(findings, $"builds of {repository.Key}", repository.Count(), (int?)ci["builds"] ?? -1);
            var numbers = await AskAsync(world, $"/api/dora/{Uri.EscapeDataString(repository.Key)}?days=2");
            Compare(
                findings, $"passed builds of the default branch of {repository.Key}", repository.Count(
                    static b => b is { Trigger: "Branch", Outcome: "Passed" }),
                Number(numbers, "deploymentFrequency", "n") + Number(numbers, "deploymentFrequency", "excluded"));
        }

        IReadOnlyList<string> Failures(string type)
            => [.. events.Where(e => e.Type == type).Select(static e => e.Stream[$"failure/{World.Reports}/".Length..])];
    }

    private static async Task<JsonNode> AskAsync(World world, string path)
        => (await world.Clients["metrics"].GetFromJsonAsync<JsonNode>(path))!;

    private static int Number(JsonNode answer, string part, string name) => (int?)answer[part]?[name] ?? -1;

    private static void Compare(Findings findings, string what, int expected, int counted)
    {
        if (counted < expected) findings.Lose("metrics", $"{what}: {expected - counted} of {expected} are not counted");
        if (counted > expected) findings.Double("metrics", $"{what}: {counted} are counted, and there are {expected}");
    }
}
