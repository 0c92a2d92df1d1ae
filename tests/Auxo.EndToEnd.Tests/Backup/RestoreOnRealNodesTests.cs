using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.EndToEnd.Tests.GitStorage;
using Auxo.EndToEnd.Tests.RealNodes;
using Auxo.Testing;
using Auxo.Testing.Receivers;

using static Auxo.EndToEnd.Tests.AuxoHttp;

namespace Auxo.EndToEnd.Tests.Backup;

/// <summary>The drill as others see it: the contributor who reads comments, and the program that is told.</summary>
public sealed class RestoreOnRealNodesTests
{
    private const string Steps =
        """
        steps:
          - name: make
            commands: ['mkdir -p out', 'ls docs > out/made.txt']
            artifacts: [out/**]
        """;

    [Fact]
    public async Task after_a_restore_nobody_reads_or_hears_a_thing_twice_and_the_thread_goes_on()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = GitStorageFixture.OpenFolder();
        var backup = Path.Combine(folder, "backup.tar");
        await using var web = await WebhookReceiver.StartAsync();
        var files = SampleRepository.Files(Steps);
        await using var world = await RealNodesFixture.StartAsync(ct, trustBob: true, files, ("Auxo__Egress__Allow", "127.0.0.0/8"));
        var lost = world.Auxo;
        await lost.Pipeline.FinishedBuildAsync((await world.Alice.GitAsync(world.Alice.WorkTree("demo"), ct, "rev-parse", "HEAD")).Trim());
        using (var channel = await lost.Client("notify")
            .PutAsJsonAsync("/channels/team", new { webhook = new { url = web.Address } }, ct)) Assert.True(channel.IsSuccessStatusCode);
        using (var route = await lost.Client("notify").PutAsJsonAsync("/routes/all", new { channels = new[] { "team" } }, ct)) Assert.True(
            route.IsSuccessStatusCode);

        // One patch before the cut, one after it; both are built, commented on and told.
        var before = await ProposeAsync(world, web, "Before the cut", ct);
        await Eventually.TrueAsync(async () => await DeliveredAsync(lost) == 2, "what was told is in the log");
        var (code, output) = await AppHostWords.RunAsync(lost.Home, "backup", backup);
        Assert.True(code == 0, output);
        var after = await ProposeAsync(world, web, "After the cut", ct);
        await lost.KillAppHostAsync();
        await lost.WaitUntilNothingRunsAsync();

        var environment = new Dictionary<string, string>(world.Alice.Environment(), StringComparer.Ordinal)
        {
            ["Auxo__Egress__Allow"] = "127.0.0.0/8",
        };
        await using var restored = AuxoInstance.Create(environment);
        (code, output) = await AppHostWords.RunAsync(restored.Home, "restore", backup);
        Assert.True(code == 0, output);
        await restored.StartAsync();

        // What came after the cut is looked at again. Whoever was told of it hears it under the ids that he knows, and nothing
        // of what came before.
        (await restored.Pipeline.FinishedBuildAsync(after.Head)).ShouldHave("passed");
        await Eventually.TrueAsync(async () => await DeliveredAsync(restored) == 4, "the second patch is told again");
        var repeated = new List<string>();
        while (web.Waiting > 0) repeated.Add((await web.NextAsync()).Id);
        Assert.Equal(after.Told.Order(StringComparer.Ordinal), repeated.Order(StringComparer.Ordinal));
        Assert.Single(await restored.Pipeline.BuildsAsync($"commit={before.Head}"));
        await OutboxIsEmptyAsync(restored);

        // And the thread goes on: a third patch is built, told, commented on; the comments on the others are still one each.
        var next = await ProposeAsync(world, web, "After the restore", ct, restored);
        Assert.Empty(next.Told.Intersect(before.Told.Concat(after.Told), StringComparer.Ordinal));
        foreach (var proposed in (Proposed[])[before, after, next]) Assert.Equal(1, await world.BobCountsCommentsAsync(proposed.Patch, ct));

        await world.Alice.GitAsync(world.Alice.WorkTree("demo"), ct, "fetch", "-q", "rad");
        var head = await world.Alice.MergePatchAsync("demo", next.Patch, ct);
        var main = await restored.Pipeline.FinishedBuildAsync(head, "branch");
        main.ShouldHave("passed");
        await Eventually.TrueAsync(
            async () => await restored.Client("registry")
                .GetAsync($"/artifacts/{Uri.EscapeDataString(world.Repository.Rid)}/latest", ct) is { IsSuccessStatusCode: true } answer
                && Text((await answer.Content.ReadFromJsonAsync<JsonNode>(ct))!, "buildId") == Text(main, "id"),
            "the merge is published");
        Directory.Delete(folder, recursive: true);
    }

    private sealed record Proposed(string Patch, string Head, IReadOnlyList<string> Told);

    /// <summary>
    /// Opens a patch, and waits until its author reads the verdict and the receiver has heard of the patch and of its build.
    /// </summary>
    private static async Task<Proposed> ProposeAsync(
        RealNodesFixture world, WebhookReceiver web, string title, CancellationToken ct, AuxoInstance? auxo = null)
    {
        var file = title.Replace(' ', '-').ToLowerInvariant();
        var (patch, head) = await world.Bob.OpenPatchAsync(
            "demo", title, new Dictionary<string, string> { [$"docs/{file}.md"] = $"# {title}\n" }, ct);
        var build = await (auxo ?? world.Auxo).Pipeline.FinishedBuildAsync(head);
        build.ShouldHave("passed");
        await world.BobReadsAsync(patch, "**Passed**", ct);
        var told = new[] { await web.NextAsync(), await web.NextAsync() };
        Assert.Equal(["build.passed", "patch.opened"], told.Select(static t => Text(t.Json, "type")!).Order(StringComparer.Ordinal));
        Assert.All(told, t => Assert.Contains(patch, t.Json.ToJsonString(), StringComparison.Ordinal));
        return new Proposed(patch, head, [.. told.Select(static t => t.Id)]);
    }

    private static async Task<int> DeliveredAsync(AuxoInstance auxo)
        => (await auxo.Client("notify").GetFromJsonNodeAsync("/deliveries?state=delivered&limit=200"))["items"]!.AsArray().Count;

    private static Task OutboxIsEmptyAsync(AuxoInstance auxo)
        => Eventually.TrueAsync(
            async () => (await auxo.Ingest.GetFromJsonNodeAsync("/outbox"))["items"]!.AsArray()
                .All(static i => Text(i!, "state") is "posted" or "dropped"), "every comment is posted");
}
