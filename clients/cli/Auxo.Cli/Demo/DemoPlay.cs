using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Api;
using Auxo.Cli.Ci;
using Auxo.Cli.Output;

namespace Auxo.Cli.Demo;

/// <summary>What is shown while it happens. Every figure and every line comes from the running services; nothing is staged.</summary>
internal sealed class DemoPlay(Session session, DemoPeople people, DemoInstance instance, DemoReceiver receiver)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Terminal _out = session.Terminal;
    private int _headings;
    private string _rid = "";

    /// <summary>Plays it.</summary>
    /// <exception cref="CliException">Something did not happen in time.</exception>
    public async Task PlayAsync(CancellationToken ct)
    {
        await StartAsync(ct);
        await TrackAsync(ct);
        await SubscribeAsync(ct);
        await ProposeAsync(ct);
        await MendAsync(ct);
        await MergeAsync(ct);
    }

    private async Task StartAsync(CancellationToken ct)
    {
        Heading(people.HasPatches ? "Two Radicle nodes, alice and bob, and Auxo beside alice's" : "A git repository, and Auxo beside it");
        await people.StartAsync(ct);
        var began = _out.Time.GetTimestamp();
        await instance.StartAsync(session.Host, people.Environment, ct);
        Say($"PostgreSQL and five services are healthy after {Since(began)}");
    }

    private async Task TrackAsync(CancellationToken ct)
    {
        Heading($"auxo repo track {people.Location}");
        var tracked = await instance.Clients.Ingest.TrackAsync(
            new TrackRequest(people.Location, null, null, people.HasPatches ? people.Trusted : null), ct);
        _rid = tracked.Repository.Rid;
        var build = await FinishedAsync(null, ct);
        Say($"its default branch was built at once: {Words.Outcome(build.Outcome).Text} in {Duration.Of(build.DurationSeconds)}");
        await DoraAsync(1, ct);
    }

    private async Task SubscribeAsync(CancellationToken ct)
    {
        Heading("A webhook that wants to hear of every build");
        var notify = instance.Clients.Http("notify");
        using var channel = await notify.PutAsJsonAsync("channels/team", new { webhook = new { url = receiver.Url } }, ct);
        receiver.Secret = (string?)(await channel.Content.ReadFromJsonAsync<JsonNode>(ct))?["secret"];
        using var route = await notify.PutAsJsonAsync("routes/builds", new { on = new[] { "build.*" }, channels = new[] { "team" } }, ct);
        Say($"channel 'team' → {receiver.Url}, signed as Standard Webhooks say");
    }

    private async Task ProposeAsync(CancellationToken ct)
    {
        Heading(people.HasPatches ? "Bob pushes a patch: git push rad HEAD:refs/patches" : "You commit a change");
        var began = _out.Time.GetTimestamp();
        var build = await FinishedAsync(await people.ProposeAsync("Greet only who has a name", DemoFiles.Broken, ct), ct);
        Tell(build, Since(began));
        await VerdictAsync(build, began, ct);
        await NotifiedAsync("build.failed", ct);
    }

    private async Task MendAsync(CancellationToken ct)
    {
        Heading(people.HasPatches ? "Bob adds the missing 'fi' and pushes a new revision" : "You add the missing 'fi' and commit again");
        var began = _out.Time.GetTimestamp();
        var build = await FinishedAsync(await people.ReviseAsync("Close the if", DemoFiles.Mended, ct), ct);
        Tell(build, Since(began));
        await NotifiedAsync("build.passed", ct);
    }

    private async Task MergeAsync(CancellationToken ct)
    {
        Heading(people.HasPatches
            ? "Alice merges: the default branch is built, and that is a deployment"
            : "The default branch passed, and that is a deployment");
        var head = await people.MergeAsync(ct);
        var build = await FinishedAsync(head, ct, trigger: "branch");
        Say($"{Words.Outcome(build.Outcome).Text}: main at {Words.Short(build.Commit)}");
        await DoraAsync(2, ct);
        var version = await UntilAsync(
            async () => (await instance.Clients.Registry.ArtifactsAsync(_rid, null, null, build.Id, 1, null, ct))
                .Items.FirstOrDefault(v => v.PublishedAt is not null), "the artifact is published", ct);
        foreach (var file in version.Files)
            Say($"artifact {file.Name}, {Amounts.Size(file.SizeBytes)}, {file.Digest[..19]}…\n  "
                + $"{new Uri(instance.Clients.Instance.Endpoints["registry"], file.Url.TrimStart('/'))}");
    }

    /// <summary>The newest finished build of a commit; of anything when it is null.</summary>
    private Task<Build> FinishedAsync(string? commit, CancellationToken ct, string? trigger = null)
        => UntilAsync(
            async () =>
            {
                var builds = await instance.Clients.Pipeline.BuildsAsync(_rid, null, commit, 10, null, ct);
                var build = builds.Items.FirstOrDefault(b => trigger is null || b.Trigger == trigger);
                return build is { IsFinished: true } ? await instance.Clients.Pipeline.GetAsync(build.Id, ct) : null;
            },
            $"{(commit is null ? "the default branch" : Words.Short(commit))} is built", ct);

    private void Tell(Build build, string took)
    {
        foreach (var step in build.Steps ?? []) BuildReport.Step(_out, step);
        Say($"{Words.Outcome(build.Outcome).Text}, {took} after the {(people.HasPatches ? "push" : "commit")} began");
    }

    private async Task VerdictAsync(Build build, long began, CancellationToken ct)
    {
        if (people.HasPatches)
        {
            var comment = await UntilAsync(() => people.ReadCommentAsync("build " + build.Short, ct), "the verdict is on bob's node", ct);
            Say($"the verdict on bob's own node, {Since(began)} after the push began:");
            Quote(comment);
            return;
        }

        Say("the verdict, as it would be posted on a patch:");
        Quote(build.Verdict ?? "");
    }

    private async Task NotifiedAsync(string type, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        var notification = await receiver.NextAsync(type, limit.Token);
        Say($"the webhook received {notification.Type}, "
            + $"{(notification.Signed ? "signature verified" : "WITHOUT a valid signature")}, webhook-id {notification.Id}");
    }

    private async Task DoraAsync(int deployments, CancellationToken ct)
    {
        var metrics = instance.Clients.Http("metrics");
        var report = await UntilAsync(
            async () =>
            {
                var now = await metrics.GetFromJsonAsync<JsonNode>($"api/dora/{Uri.EscapeDataString(_rid)}", ct);
                return (int?)now?["deploymentFrequency"]?["n"] >= deployments ? now : null;
            },
            "the metrics have counted it", ct);
        var lead = report["changeLeadTime"]!["time"]!;
        var rate = report["changeFailRate"]!;
        Say(
            $"DORA: {Count((int)report["deploymentFrequency"]!["n"]!, "deployment")}; lead time "
                + $"{Known((double?)lead["p50Seconds"], Duration.Of)} (n {(int)lead["n"]!}); "
                + $"change failure rate {Known((double?)rate["ratio"], Percent)} (n {(int)rate["n"]!})");
    }

    private static string Count(int n, string what) => n == 1 ? $"1 {what}" : $"{n} {what}s";

    private static string Percent(double? ratio) => ratio!.Value.ToString("P0", CultureInfo.InvariantCulture);

    private static string Known(double? value, Func<double?, string> shown) => value is null ? "not known yet" : shown(value);

    private async Task<T> UntilAsync<T>(Func<Task<T?>> ask, string what, CancellationToken ct)
        where T : class
    {
        var began = _out.Time.GetTimestamp();
        while (_out.Time.GetElapsedTime(began) < Patience)
        {
            if (await ask() is { } answer) return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(20), _out.Time, ct);
        }

        throw new CliException(ExitCode.Negative, $"After {Duration.Of(Patience.TotalSeconds)} still not: {what}.",
            "Play it again; if it happens again, it is a defect of Auxo.");
    }

    private string Since(long timestamp) => Duration.Of(_out.Time.GetElapsedTime(timestamp).TotalSeconds);

    private void Heading(string title)
    {
        _out.Line();
        _out.Line($"[bold]{++_headings}  {Terminal.Safe(title)}[/]");
    }

    private void Say(string lines)
    {
        foreach (var line in lines.Split('\n')) _out.Line("   " + Terminal.Safe(line));
    }

    private void Quote(string markdown)
    {
        foreach (var line in markdown.Split('\n').Where(static l => l.Length > 0)) _out.Line($"   [dim]│[/] {Terminal.Safe(line)}");
    }
}
