using Auxo.Testing;
using Auxo.Testing.Radicle;

using static Auxo.EndToEnd.Tests.AuxoHttp;

namespace Auxo.EndToEnd.Tests.GitStorage;

/// <summary>
/// Processes of a whole instance die in the middle of a build, as by <c>kill -9</c>; each is started again by the AppHost, and
/// the work goes on.
/// </summary>
public sealed class FaultTests
{
    private const string Slow = "steps:\n  - name: slow\n    run: echo begun; sleep 3; echo done\n  - name: after\n    run: echo after\n";

    [Fact]
    public async Task whatever_is_killed_in_mid_build_the_build_ends_once_and_nothing_is_lost()
    {
        var folder = GitStorageFixture.OpenFolder();
        using var alice = new RadicleTestKey("alice");
        await using var auxo = await GitStorageFixture.StartAsync();
        var files = SampleRepository.Files(Slow);
        var storage = await RadicleStorage.CreateAsync(Path.Combine(folder, "storage"), "demo", alice, files);
        var (_, secret) = await auxo.Ingest.TrackAsync(storage.Path);
        (await auxo.Pipeline.FinishedBuildAsync(storage.Head)).ShouldHave("passed");

        foreach (var victim in (string[])["pipeline", "postgres", "ingest"])
        {
            var (patch, head) = storage.OpenPatch(alice, $"Survive {victim}", new Dictionary<string, string>
            {
                [$"docs/{victim}.md"] = $"# {victim}\n",
            });
            Assert.Equal(202, await Curl.PatchAsync(auxo.Url("ingest"), storage.Rid, patch, head, secret!));
            if (victim == "ingest") await auxo.KillAsync(victim); // Right after its 202: nothing acknowledged is lost.
            else
            {
                var running = await auxo.Pipeline.BuildAsync(head, "running");
                await auxo.Pipeline.LogShowsAsync(Text(running, "id")!, "slow", "begun");
                await auxo.KillAsync(victim);
            }

            var build = await auxo.Pipeline.FinishedBuildAsync(head);
            build.ShouldHave("passed");
            Assert.Single(await auxo.Pipeline.BuildsAsync($"commit={head}"));
            Assert.Single(build["steps"]!.AsArray(), s => Text(s!, "step") == "after" && Text(s!, "outcome") == "passed");
            await Eventually.ValueAsync(
                async () => (await auxo.Ingest.GetFromJsonNodeAsync("/outbox"))["items"]!.AsArray()
                    .SingleOrDefault(i => Text(i!, "buildId") == Text(build, "id")),
                "the verdict is in the outbox, once");
        }

        // The power goes out: everything at once.
        var (last, lastHead) = storage.OpenPatch(alice, "Survive it all", new Dictionary<string, string> { ["docs/all.md"] = "# All\n" });
        Assert.Equal(202, await Curl.PatchAsync(auxo.Url("ingest"), storage.Rid, last, lastHead, secret!));
        await auxo.Pipeline.BuildAsync(lastHead, "running");
        await auxo.KillAppHostAsync();
        await auxo.StartAsync();
        (await auxo.Pipeline.FinishedBuildAsync(lastHead)).ShouldHave("passed");
        Assert.Single(await auxo.Pipeline.BuildsAsync($"commit={lastHead}"));
        Assert.DoesNotContain((await auxo.Pipeline.GetFromJsonNodeAsync("/queues"))["items"]!.AsArray(), q
            => Text(q!, "deadLetters") != "0");
        Directory.Delete(folder, recursive: true);
    }
}
