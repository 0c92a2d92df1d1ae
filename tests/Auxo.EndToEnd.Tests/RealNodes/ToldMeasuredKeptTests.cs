using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Auxo.Contracts;

using Auxo.Testing;
using Auxo.Testing.Receivers;

using static Auxo.EndToEnd.Tests.AuxoHttp;

namespace Auxo.EndToEnd.Tests.RealNodes;

/// <summary>
/// What the thread feeds: who is told, what is counted, what can be fetched, each asked of the other end as its user would ask.
/// </summary>
public sealed partial class ToldMeasuredKeptTests
{
    /// <summary>The step itself says in its log what it has made.</summary>
    private const string Steps =
        """
        steps:
          - name: make
            commands: ['mkdir -p out', 'head -c 300000 /dev/urandom > out/app.bin', 'sha256sum out/app.bin']
            artifacts: [out/**]
        """;

    [Fact]
    public async Task a_patch_and_its_merge_are_notified_counted_and_kept()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var web = await WebhookReceiver.StartAsync();
        await using var post = SmtpReceiver.Start();
        var files = SampleRepository.Files(Steps);
        await using var world = await RealNodesFixture.StartAsync(ct, trustBob: true, files, ("Auxo__Egress__Allow", "127.0.0.0/8"));
        await world.Auxo.Pipeline.FinishedBuildAsync(await HeadAsync(world, ct));
        var secret = await TellAsync(world.Auxo.Client("notify"), web, post, ct);

        // A patch that fails, then one more revision that does not: both receivers hear of both, with their ends and nothing else.
        var (patch, broken) = await world.Bob.OpenPatchAsync("demo", "Break the script", new Dictionary<string,
            string> { ["scripts/more.sh"] = "#!/usr/bin/env bash\nif true; then\n" }, ct);
        var failed = await world.Auxo.Pipeline.FinishedBuildAsync(broken);
        failed.ShouldHave("failed");
        await HeardAsync(web, post, secret, "build.failed", failed);
        var (_, mended) = await world.Bob.UpdatePatchAsync("demo", patch, new Dictionary<string,
            string> { ["scripts/more.sh"] = "#!/usr/bin/env bash\nif true; then\n  echo more\nfi\n" }, ct);
        var proposed = await world.Auxo.Pipeline.FinishedBuildAsync(mended);
        await HeardAsync(web, post, secret, "build.passed", proposed);

        // The merge is a build of main, and so a deployment.
        await world.Alice.GitAsync(world.Alice.WorkTree("demo"), ct, "fetch", "-q", "rad");
        var head = await world.Alice.MergePatchAsync("demo", patch, ct);
        var main = await world.Auxo.Pipeline.FinishedBuildAsync(head, "branch");
        main.ShouldHave("passed");
        await HeardAsync(web, post, secret, "build.passed", main);

        await CountedAsync(world, patch, head);
        await PrometheusReadsAsync(world, ct);
        await KeptAsync(world, proposed, main, ct);

        var deliveries = (await world.Auxo.Client("notify").GetFromJsonNodeAsync("/deliveries?limit=200"))["items"]!.AsArray();
        Assert.Equal(6, deliveries.Count);
        Assert.All(deliveries, static d => Assert.Equal(("delivered", 1), (Text(d!, "state"), (int)d!["attempts"]!)));
        Assert.Equal((0, 0), (web.Waiting, post.Waiting));
    }

    /// <summary>Two channels that hear of ends of builds; returns the webhook's secret.</summary>
    private static async Task<string> TellAsync(HttpClient notify, WebhookReceiver web, SmtpReceiver post, CancellationToken ct)
    {
        using var webhook = await notify.PutAsJsonAsync("/channels/team", new { webhook = new { url = web.Address } }, ct);
        using var mail = await notify.PutAsJsonAsync(
            "/channels/mail", new { email = new { host = "127.0.0.1", port = post.Port, security = "none",
                from = "auxo@example.org", to = new[] { "team@example.org" } } }, ct);
        using var route = await notify.PutAsJsonAsync(
            "/routes/ends", new { on = new[] { "build.*" }, channels = new[] { "team", "mail" } }, ct);
        foreach (var answer in (HttpResponseMessage[])[webhook, mail, route]) Assert.True(
            answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(ct));
        return Text((await webhook.Content.ReadFromJsonAsync<JsonNode>(ct))!, "secret")!;
    }

    private static async Task HeardAsync(WebhookReceiver web, SmtpReceiver post, string secret, string type, JsonNode build)
    {
        var told = await web.NextAsync();
        Assert.True(told.IsSignedWith(secret));
        Assert.Equal((type, Text(build, "id"), Text(build, "commit")), (
            Text(told.Json, "type"), Text(told.Json["data"]!["build"]!, "id"), Text(told.Json["data"]!["build"]!, "commit")));
        var mail = await post.NextAsync();
        Assert.Equal((type, "team@example.org"), (mail.Message.Headers["X-Auxo-Event"], Assert.Single(mail.To)));
        Assert.Contains(Text(build, "commit")![..7], mail.Message.TextBody, StringComparison.Ordinal);
    }

    private static async Task CountedAsync(RealNodesFixture world, string patch, string head)
    {
        var metrics = world.Auxo.Client("metrics");
        var rid = Uri.EscapeDataString(world.Repository.Rid);
        var dora = await Eventually.ValueAsync(
            async () => await metrics.GetFromJsonNodeAsync($"/api/dora/{rid}") is var d
                && (int)d["deploymentFrequency"]!["n"]! == 2 && (int)d["changeLeadTime"]!["time"]!["n"]! > 0 ? d : null,
            "both builds of main count as deployments, and the patch as a change");
        Assert.Equal((1, 2), ((int)dora["changeLeadTime"]!["time"]!["n"]!, (int)dora["changeFailRate"]!["n"]!));
        Assert.InRange((double)dora["changeLeadTime"]!["time"]!["p50Seconds"]!, 0.1, 600);
        var evidence = await metrics.GetFromJsonNodeAsync($"/api/dora/{rid}/evidence");
        Assert.Contains(patch, Assert.Single(evidence["changes"]!.AsArray())!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(head, Text(evidence["deployments"]![0]!, "commit"));

        // Two builds of main and two of the patch, one of which failed.
        var ci = await metrics.GetFromJsonNodeAsync($"/api/ci/{rid}");
        Assert.Contains("0.75", ci.ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>The page of every service, by the program that Prometheus' people made for that.</summary>
    private static async Task PrometheusReadsAsync(RealNodesFixture world, CancellationToken ct)
    {
        var rate = $"radicle_ci_success_rate{{repo=\"{world.Repository.Rid}\"}} 0.75";
        await Eventually.TrueAsync(
            async () => (await world.Auxo.Client("metrics").GetStringAsync("/metrics", ct))
                .Contains(rate, StringComparison.Ordinal), $"/metrics says {rate}");
        if (!Tool.IsThere("promtool"))
        {
            TestContext.Current.AddWarning(
                "promtool is not installed (Debian: apt install prometheus), so nobody but us has read /metrics.");
            return;
        }

        foreach (var service in KnownServices.Names) await Tool.RunAsync(
            "promtool", ["check", "metrics"], input: await world.Auxo.Client(service).GetStringAsync("/metrics", ct));
    }

    /// <summary>The bytes that the registry gives are those that the step made and named in its log.</summary>
    private static async Task KeptAsync(RealNodesFixture world, JsonNode proposed, JsonNode main, CancellationToken ct)
    {
        var registry = world.Auxo.Client("registry");
        var (artifacts, commit) = ($"/artifacts/{Uri.EscapeDataString(world.Repository.Rid)}", Text(main, "commit")!);
        await Eventually.TrueAsync(
            async () => await registry.GetAsync($"{artifacts}/latest", ct) is { IsSuccessStatusCode: true } answer
                && Text((await answer.Content.ReadFromJsonAsync<JsonNode>(ct))!, "buildId") == Text(main, "id"),
            "latest is the merge");

        // The merge took the patch's commit as it was, and a commit means its first build forever.
        Assert.Equal(commit, Text(proposed, "commit"));
        foreach (var (version, build) in ((string, JsonNode)[])[
            ("latest", main), (Text(main, "id")!, main), (Text(proposed, "id")!, proposed), (commit, proposed)])
        {
            var made = Digest().Match(await world.Auxo.Pipeline.GetStringAsync($"/builds/{Text(build, "id")}/logs/make", ct)).Value;
            var bytes = await registry.GetByteArrayAsync($"{artifacts}/{version}/files/out/app.bin", ct);
            Assert.Equal((version, 300_000, made), (version, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))));
            Assert.Equal($"sha256:{made}", Text(
                Assert.Single((await registry.GetFromJsonNodeAsync($"{artifacts}/{version}"))["files"]!.AsArray())!, "digest"));
            var provenance = (await registry.GetFromJsonNodeAsync($"{artifacts}/{version}/provenance")).ToJsonString();
            foreach (var named in (string[])[made, commit, Text(build, "id")!, world.Repository.Rid]) Assert.Contains(
                named, provenance, StringComparison.Ordinal);
        }
    }

    private static async Task<string> HeadAsync(RealNodesFixture world, CancellationToken ct)
        => (await world.Alice.GitAsync(world.Alice.WorkTree("demo"), ct, "rev-parse", "HEAD")).Trim();

    [GeneratedRegex("[0-9a-f]{64}", RegexOptions.NonBacktracking)]
    private static partial Regex Digest();
}
