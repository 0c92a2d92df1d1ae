using System.Net;
using System.Net.Http.Json;

using Auxo.Testing;

using static Auxo.EndToEnd.Tests.AuxoHttp;

namespace Auxo.EndToEnd.Tests.GitStorage;

/// <summary>Steps that mean harm, through the whole of Auxo: each ends with a clear word, and the next build is as good as ever.</summary>
public sealed class HostileStepsTests(GitStorageFixture world)
{
    [Theory]
    [InlineData("timeout: 2s\n    run: sleep 1000", "timed_out", "2 s")]
    [InlineData("run: 'exec 3<>/dev/tcp/127.0.0.1/$PORT && echo in'", "failed", "exit code 1")]
    [InlineData("run: 'cat $HOME_OF_AUXO/run/admin.token || cat $HOME_OF_AUXO/pg/PG_VERSION'", "failed", "exit code 1")]
    [InlineData("run: 'ls /root /home /proc/1/environ && cat /etc/shadow'", "failed", "exit code")]
    [InlineData("run: echo x > /usr/bin/x", "failed", "exit code 1")]
    public async Task a_hostile_step_fails_and_says_why(string step, string outcome, string summary)
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        var auxo = await world.AuxoAsync();
        var files = SampleRepository.Files(
            $"environment:\n  PORT: '{auxo.Url("pipeline").Port}'\n  HOME_OF_AUXO: {auxo.Home}\nsteps:\n  - name: hostile\n    {step}\n");
        var repository = await world.PlainAsync(files);

        var build = await auxo.Pipeline.FinishedBuildAsync(await repository.GitAsync("rev-parse", "HEAD"));
        var result = build["steps"]!.AsArray().Single(s => Text(s!, "step") == "hostile")!;
        Assert.True(
            Text(result, "outcome") == outcome && Text(result, "summary")!.Contains(summary, StringComparison.Ordinal),
            $"{result.ToJsonString()}\n{Text(build, "verdict")}");
        var log = await auxo.Pipeline.GetStringAsync($"/builds/{Text(build, "id")}/logs/hostile");
        Assert.DoesNotContain("root:", log, StringComparison.Ordinal);
        Assert.DoesNotContain(File.ReadAllText(Path.Combine(auxo.Home, "run", "admin.token")).Trim(), log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_gigabyte_of_binary_rubbish_fills_neither_the_log_nor_the_build()
    {
        var auxo = await world.AuxoAsync();
        var files = SampleRepository.Files("steps:\n  - name: loud\n    run: head -c 1G /dev/urandom\n");
        var repository = await world.PlainAsync(files);

        var build = await auxo.Pipeline.FinishedBuildAsync(await repository.GitAsync("rev-parse", "HEAD"));
        build.ShouldHave("passed");
        using var tail = new HttpRequestMessage(HttpMethod.Get, $"/builds/{Text(build, "id")}/logs/loud")
        {
            Headers = { { "Range", "bytes=-200" } },
        };
        using var answer = await auxo.Pipeline.SendAsync(tail);
        await answer.ShouldBeAsync(HttpStatusCode.PartialContent);
        Assert.Contains("the rest of its output is dropped", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.InRange(answer.Content.Headers.ContentRange!.Length!.Value, 1, 300L << 20);
    }

    [Fact]
    public async Task a_link_out_of_the_workspace_is_no_artifact_and_the_log_says_so()
    {
        var auxo = await world.AuxoAsync();
        var files = SampleRepository.Files(
            "steps:\n  - name: linked\n    run: ln -s /etc/passwd out; echo good > made.txt\n    artifacts: [out, made.txt]\n");
        var repository = await world.PlainAsync(files);

        var build = await auxo.Pipeline.FinishedBuildAsync(await repository.GitAsync("rev-parse", "HEAD"));
        Assert.Equal("made.txt", Text(Assert.Single(build["artifacts"]!.AsArray())!, "name"));
        Assert.Contains("link", await auxo.Pipeline.GetStringAsync($"/builds/{Text(build, "id")}/logs/linked"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_running_build_is_cancelled_and_a_commit_that_is_nowhere_is_refused()
    {
        var auxo = await world.AuxoAsync();
        var files = SampleRepository.Files("steps:\n  - name: long\n    run: echo begun; sleep 1000\n");
        var repository = await world.PlainAsync(files);
        var commit = await repository.GitAsync("rev-parse", "HEAD");
        var running = await auxo.Pipeline.BuildAsync(commit, "running");
        await auxo.Pipeline.LogShowsAsync(Text(running, "id")!, "long", "begun");

        using var cancel = await auxo.Pipeline.PostAsync($"/builds/{Text(running, "id")}/cancel", content: null);
        Assert.True(cancel.IsSuccessStatusCode);
        (await auxo.Pipeline.FinishedBuildAsync(commit)).ShouldHave("cancelled");

        var rid = await auxo.Ingest.RidOfAsync(repository.Path);
        using var nowhere = await auxo.Pipeline.PostAsJsonAsync("/builds", new { rid, commit = new string('c', 40) });
        Assert.InRange((int)nowhere.StatusCode, 400, 499);
        Assert.Contains("application/problem+json", nowhere.Content.Headers.ContentType?.ToString(), StringComparison.Ordinal);
    }
}
