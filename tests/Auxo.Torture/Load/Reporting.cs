using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;

namespace Auxo.Torture.Load;

/// <summary>
/// Deployments, failures that they cause, and their ends, each under an id of its sender's; and how they are to be counted.
/// </summary>
internal static class Reporting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs until the load ends.</summary>
    public static Task RunAsync(World world, CancellationToken ct)
        => Loads.RepeatAsync(Pause, async i =>
        {
            if (i % 10 == 0) await SetPolicyAsync(world, i, ct);
            var deployment = new ReportedDeployment($"deployment-{i}", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20)));
            if (!await TellAsync(world, deployment.Id, "/api/deployments",
                new { rid = World.Reports, id = deployment.Id, commit = deployment.Commit }, ct)) return;
            world.Ledger.Deployments[deployment.Id] = deployment;
            if (i % 4 != 0) return;

            var failure = new ReportedFailure($"failure-{i}", deployment.Id, Recovered: false);
            if (!await TellAsync(world, failure.Id, "/api/failures", new { rid = World.Reports, id = failure.Id,
                deploymentId = deployment.Id, at = TimeProvider.System.GetUtcNow() }, ct)) return;
            world.Ledger.Failures[failure.Id] = failure;
            if (i % 8 != 0) return;
            var turn = $"/api/failures/{Uri.EscapeDataString(World.Reports)}/{failure.Id}/recover";
            if (await TellAsync(world, failure.Id, turn, new { at = TimeProvider.System.GetUtcNow() },
                ct)) world.Ledger.Failures[failure.Id] = failure with { Recovered = true };
        }, ct);

    private static async Task SetPolicyAsync(World world, int number, CancellationToken ct)
    {
        world.Ledger.Policy = world.Ledger.Policy with { Sent = number };
        var set = await world.Door("metrics").TellAsync(
            () => new HttpRequestMessage(HttpMethod.Put, $"/api/repositories/{Uri.EscapeDataString(World.Reports)}/policy")
            {
                Content = JsonContent.Create(World.Policy(number)),
            },
            static status => status == HttpStatusCode.OK, $"policy {number}", ct);
        if (set) world.Ledger.Policy = (number, number);
    }

    private static Task<bool> TellAsync(World world, string id, string path, object body, CancellationToken ct)
    {
        world.Ledger.Sent[id] = true;
        return world.Door("metrics").TellAsync(
            () => new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) },
            static status => status is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.NoContent, $"report {id}", ct);
    }
}
