using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>What the command line asks is answered as it was recorded.</summary>
public sealed class AnswersTests(PostgresFixture postgres) : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;

    [Fact]
    public async Task the_command_line_is_answered_as_recorded()
    {
        await using var host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await using var repository = await GitRepository.CreateAsync();
        var told = new Told(repository);
        var head = await repository.CommitAsync(
            (".auxo/ci.yaml", "steps:\n  - name: test\n    run: echo one > out; exit 2\n    artifacts: [out]\n"),
            ("wrong.yaml", "a: 1\n b: 2\n"), ("conf.txt", "password = '" + "AKIA" + "QYLPMN5HFIQR7XYA'\n"));
        await host.SendAsync(told.Opened(head));
        await host.FinishedAsync(told.BuildOf(head));

        foreach (var (route, path) in ((string, string)[])[
            ("builds", "/builds"), ("builds/{id}", $"/builds/{told.BuildOf(head)}"), ("queues", "/queues"), ("describe", "/describe"),
            ("executors", "/executors"),
            ("timeline", $"/timeline?build={told.BuildOf(head)}"),
            ("builds/{id}/logs/{step}/lines", $"/builds/{told.BuildOf(head)}/logs/test/lines"),
            ("builds/{id}/logs/{step}/search", $"/builds/{told.BuildOf(head)}/logs/test/search?q=echo"),
            ("builds/{id}/logs/{step}/outline", $"/builds/{told.BuildOf(head)}/logs/test/outline")])
            RecordedAnswers.Match("pipeline", route, (await host.Client.GetFromJsonAsync<JsonNode>(path))!);

        var branch = BuildId.For(told.Rid, head, BuildTrigger.Branch, "main", 1);
        Assert.Equal(200, (await host.PostAsync($"/baselines/{told.Rid}/accept", new { buildId = told.BuildOf(head) })).Status);
        await host.SendAsync(told.Advanced(head));
        await host.FinishedAsync(branch);
        RecordedAnswers.Match(
            "pipeline", "security", (await host.Client.GetFromJsonAsync<JsonNode>($"/security?rid={told.Rid}&days=3"))!);
        RecordedAnswers.Match(
            "pipeline", "security/repositories", (await host.Client.GetFromJsonAsync<JsonNode>("/security/repositories"))!);
        var night = await repository.CommitOnTopAsync(
            (".auxo/ci.yaml", "schedules: {nightly: {cron: 0 2 * * *, zone: Europe/Berlin, jitter: 10m}}\n"));
        await host.SendAsync(told.Advanced(night, head));
        await host.FinishedAsync(BuildId.For(told.Rid, night, BuildTrigger.Branch, "main", 1));
        RecordedAnswers.Match(
            "pipeline", "findings", (await host.Client.GetFromJsonAsync<JsonNode>($"/findings?rid={told.Rid}&limit=2"))!);
        await host.FinishedAsync(PipelineHost.IdOf((await host.PostAsync($"/schedules/{told.Rid}/nightly/run")).Body));
        using (var set = await host.Client.PutAsJsonAsync(
            $"/secrets/DEPLOY_TOKEN?rid={Uri.EscapeDataString(told.Rid.Value)}",
            new { value = "tok-s3cr3t", branches = new[] { "main" }, steps = new[] { "deploy" }, patches = "trusted" }))
            Assert.Equal(200, (int)set.StatusCode);
        var wanting = await repository.CommitAsync((".auxo/ci.yaml", "runner: gpu\nsteps:\n  - { name: train, run: 'true' }\n"));
        await host.SendAsync(told.Revised(wanting));
        await host.Queues.QuietAsync("pipeline");
        using (var put = await host.Client.PutAsJsonAsync("/runners/gpu-1", new { labels = new[] { "fast" } }))
            Assert.Equal(200, (int)put.StatusCode);
        RecordedAnswers.Match("pipeline", "runners", (await host.Client.GetFromJsonAsync<JsonNode>("/runners"))!);
        RecordedAnswers.Match("pipeline", "queue", (await host.Client.GetFromJsonAsync<JsonNode>("/queue"))!);
        RecordedAnswers.Match("pipeline", "secrets", (await host.Client.GetFromJsonAsync<JsonNode>("/secrets"))!);
        // As if the night had come.
        await using (var idle = host.Database.CreateCommand(
            "update pipeline.schedules set idle = 'no lock files', idle_at = now() where name = 'dependency-scan'"))
            await idle.ExecuteNonQueryAsync();
        using (var off = await host.Client.PostAsJsonAsync($"/schedules/{told.Rid}/audit/disable", new { }))
            Assert.Equal(204, (int)off.StatusCode);
        RecordedAnswers.Match("pipeline", "schedules", (await host.Client.GetFromJsonAsync<JsonNode>("/schedules"))!);
        RecordedAnswers.Match(
            "pipeline", "baselines/{rid}", (await host.Client.GetFromJsonAsync<JsonNode>($"/baselines/{told.Rid}"))!);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);
}
