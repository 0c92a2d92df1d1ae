using System.Net;
using System.Net.Http.Json;

using Auxo.Testing;

using static Auxo.EndToEnd.Tests.AuxoHttp;

namespace Auxo.EndToEnd.Tests.GitStorage;

/// <summary>The registry in the steps of an Auxo whose operator gives it to them.</summary>
public sealed class RegistryInStepsTests
{
    private const string Ask = "curl -sS -w ' %{http_code}\\n' -H \"Authorization: Bearer $AUXO_REGISTRY_TOKEN\"";

    [Fact]
    public async Task a_step_without_a_network_fetches_and_publishes_as_its_build_and_can_do_nothing_else()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var auxo = await AuxoInstance.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Auxo__Steps__Registry"] = "raw:files", ["Auxo__Steps__RegistryWrite"] = "made",
        });
        var registry = auxo.Client("registry");
        foreach (var name in (string[])["files", "made"])
        {
            using var defined = await registry.PutAsJsonAsync($"/repositories/{name}", new { }, ct);
            Assert.True(defined.IsSuccessStatusCode, await defined.Content.ReadAsStringAsync(ct));
        }

        using var put = await registry.PutAsync("/raw/files/a.txt", new StringContent("from the registry"), ct);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        var folder = GitStorageFixture.OpenFolder();
        try
        {
            var repository = await PlainRepository.CreateAsync(Path.Combine(folder, "plain"), SampleRepository.Files($$"""
                steps:
                  - name: use
                    run: |
                      {{Ask}} $AUXO_REGISTRY/raw/files/a.txt
                      echo made | {{Ask}} -o /dev/null -T - $AUXO_REGISTRY/raw/made/b.txt
                      echo made | {{Ask}} -o /dev/null -T - $AUXO_REGISTRY/raw/files/b.txt
                      {{Ask}} -o /dev/null $AUXO_REGISTRY/tokens
                      curl -sS -o /dev/null -w ' metrics %{http_code}\n' $AUXO_REGISTRY/metrics
                      curl -sS -o /dev/null -w ' none %{http_code}\n' $AUXO_REGISTRY/raw/files/a.txt

                """));
            await auxo.Ingest.TrackAsync(repository.Path);
            var build = await auxo.Pipeline.FinishedBuildAsync(await repository.GitAsync("rev-parse", "HEAD"));
            build.ShouldHave("passed");
            var log = await auxo.Pipeline.GetStringAsync($"/builds/{Text(build, "id")}/logs/use", ct);
            Assert.EndsWith("\nfrom the registry 200\n 201\n 403\n 403\n metrics 401\n none 401\n", log, StringComparison.Ordinal);
            Assert.Equal("made\n", await registry.GetStringAsync("/raw/made/b.txt", ct));
            // Who put it there is the build.
            var listed = await registry.GetStringAsync("/raw/made", ct);
            Assert.Contains($"build {Text(build, "id")}", listed, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
