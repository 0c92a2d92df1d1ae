using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Instances;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>Secrets from being set to being hidden: the whole service, with real steps.</summary>
public sealed class SecretsOfStepsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Value = "tok-S3cr3t/value+1";
    private const string Deploy =
        "steps:\n  - { name: deploy, secrets: DEPLOY_TOKEN, run: 'test \"$DEPLOY_TOKEN\" = \"tok-S3cr3t/value+1\"' }\n";

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.SendAsync(_told.Tracked());
        await _host.Queues.QuietAsync("pipeline");
    }

    [Fact]
    public async Task a_step_has_its_secret_and_nothing_that_it_prints_or_reports_shows_it()
    {
        const string steps = """
            steps:
              - name: print
                secrets: [DEPLOY_TOKEN]
                artifacts: [out/**]
                run: |
                  printf 'raw %s\n' "$DEPLOY_TOKEN"
                  printf '%s' "$DEPLOY_TOKEN" | base64
                  printf 'user:%s' "$DEPLOY_TOKEN" | base64 -w 7
                  printf '%s' "$DEPLOY_TOKEN" | od -An -tx1 | tr -d ' \n'; echo
                  printf '%s\n' "${DEPLOY_TOKEN//\//%2F}" | sed 's/+/%2B/'
                  printf '%s' "${DEPLOY_TOKEN:0:9}"; sleep 0.2; printf '%s\n' "${DEPLOY_TOKEN:9}"
                  printf '%s' "$DEPLOY_TOKEN" > kept.txt
                  mkdir -p "out/$(dirname "$DEPLOY_TOKEN")"; echo x > "out/$DEPLOY_TOKEN"; printf '%s' "$DEPLOY_TOKEN" > out/content
                  echo y > "out/$(printf '%s' "$DEPLOY_TOKEN" | od -An -tx1 | tr -d ' \n')"
                  printf "<testsuite><testcase name='%s'><failure message='no %s'/></testcase></testsuite>" \
                    "$DEPLOY_TOKEN" "$DEPLOY_TOKEN" > junit.xml
                  echo done
              - { name: other, run: "cat kept.txt; env | grep -c DEPLOY || echo none; false" }
            """;
        await SetAsync("DEPLOY_TOKEN", new { value = Value });
        var id = await PushAsync(steps);
        var build = await _host.FinishedAsync(id);
        var log = await _host.LogAsync(id, "print");
        Assert.Equal("passed", Result(build, "print").Outcome);
        Assert.Contains("raw ***\n***", log, StringComparison.Ordinal);
        Assert.EndsWith("done\n", log[..(log.IndexOf("done\n", StringComparison.Ordinal) + 5)], StringComparison.Ordinal);
        Assert.Contains("was not kept: its name has a secret in it", log, StringComparison.Ordinal);
        // The steps of a build share a workspace: what one has written down, another does not show.
        Assert.Contains("\n***", await _host.LogAsync(id, "other"), StringComparison.Ordinal);
        Assert.Contains("\nnone\n", await _host.LogAsync(id, "other"), StringComparison.Ordinal);
        var all = log + await _host.LogAsync(id, "other") + build.ToJsonString()
            + string.Concat((await _host.SentAsync()).Select(static sent => sent.Body.ToJsonString()))
            + await _host.ScalarAsync<string>("select string_agg(data::text, '') from pipeline.mt_events")
            + await _host.ScalarAsync<string>("select string_agg(data::text, '') from pipeline.mt_doc_build");
        var bytes = Encoding.UTF8.GetBytes(Value);
        foreach (var form in (string[])[
            Value, "value+1", Convert.ToBase64String(bytes)[..20], Convert.ToHexStringLower(bytes), Uri.EscapeDataString(Value), "S3cr3t"])
            Assert.DoesNotContain(form, all, StringComparison.Ordinal);
        Assert.Equal("***", (string)build["tests"]![0]!["failures"]![0]!["name"]!);

        var listed = (await _host.Client.GetFromJsonAsync<JsonNode>("/secrets"))!["items"]![0]!;
        Assert.Equal(id, (Guid)listed["usedBy"]!);
        Assert.DoesNotContain(Value, listed.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task no_command_line_of_the_machine_has_a_secret_while_a_step_runs()
    {
        await SetAsync("DEPLOY_TOKEN", new { value = Value });
        var marker = SandboxProcesses.Marker();
        var id = await PushAsync(
            $"steps:\n  - {{ name: a, secrets: DEPLOY_TOKEN, run: \"test -n \\\"$DEPLOY_TOKEN\\\"; sleep {marker}\" }}\n");
        await Eventually.TrueAsync(() => Task.FromResult(SandboxProcesses.Count(marker) > 0), "the step sleeps");
        Assert.DoesNotContain(
            Directory.EnumerateDirectories("/proc").Select(CommandLine), static line => line.Contains(Value, StringComparison.Ordinal));
        Assert.Equal(200, (await _host.PostAsync($"/builds/{id}/cancel")).Status);
        await SandboxProcesses.GoneAsync(marker);
    }

    [Fact]
    public async Task a_strangers_patch_is_not_given_it_even_when_it_is_approved_unless_it_was_set_so()
    {
        await SetAsync("DEPLOY_TOKEN", new { value = Value, patches = "trusted" });
        var main = await _repository.CommitAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", Deploy));
        var patch = await _repository.CommitAsync(("README.md", "# Demo\n"), ("stranger.txt", "hello\n"));
        await _host.SendAsync(_told.Advanced(main));
        await _host.SendAsync(_told.Opened(patch, Trust.Stranger, main));
        await _host.InStateAsync(_told.BuildOf(patch), "awaiting_approval");
        Assert.Equal(200, (await _host.PostAsync($"/builds/{_told.BuildOf(patch)}/approve")).Status);
        var build = await _host.FinishedAsync(_told.BuildOf(patch));
        const string why = "the secret DEPLOY_TOKEN is not for strangers, approved or not: auxo secret set DEPLOY_TOKEN --repository "
            + "demo --stranger-approved";
        Assert.Equal(("failed", why), Result(build, "deploy"));
        Assert.Equal($"not run: {why}\n", await _host.LogAsync(_told.BuildOf(patch), "deploy"));

        await SetAsync("DEPLOY_TOKEN", new { value = Value, patches = "approved" });
        Assert.Equal(202, (await _host.PostAsync($"/builds/{_told.BuildOf(patch)}/rerun")).Status);
        Assert.Equal("passed", Result(await _host.FinishedAsync(_told.BuildOf(patch, attempt: 2)), "deploy").Outcome);
    }

    [Fact]
    public async Task a_trusted_patch_is_given_it_only_where_it_was_set_so_and_one_that_is_missing_says_how_to_set_it()
    {
        var head = await _repository.CommitAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", Deploy));
        await _host.SendAsync(_told.Opened(head));
        Assert.Equal(
            ("failed", "there is no secret DEPLOY_TOKEN for this repository: auxo secret set DEPLOY_TOKEN --repository demo"),
            Result(await _host.FinishedAsync(_told.BuildOf(head)), "deploy"));
        await SetAsync("DEPLOY_TOKEN", new { value = Value });
        Assert.Contains("--patches", Result(await RerunAsync(2), "deploy").Summary, StringComparison.Ordinal);
        await SetAsync("DEPLOY_TOKEN", new { value = Value, patches = "trusted" });
        Assert.Equal("passed", Result(await RerunAsync(3), "deploy").Outcome);
        await SetAsync("DEPLOY_TOKEN", new { value = Value, patches = "trusted", steps = new[] { "publish" } });
        Assert.Contains("not for the step deploy", Result(await RerunAsync(4), "deploy").Summary, StringComparison.Ordinal);

        async Task<JsonNode> RerunAsync(int attempt)
        {
            Assert.Equal(202, (await _host.PostAsync($"/builds/{_told.BuildOf(head)}/rerun")).Status);
            return await _host.FinishedAsync(_told.BuildOf(head, attempt));
        }
    }

    [Fact]
    public async Task another_repository_is_not_given_it_and_its_own_comes_before_one_of_all_repositories()
    {
        await using var repository = await GitRepository.CreateAsync();
        var other = new Told(repository, Rid.Parse("rad:z2u2CP3ZJzB7ZqE8jHrau19yjcfCQ"));
        await _host.SendAsync(other.Tracked());
        await SetAsync("DEPLOY_TOKEN", new { value = Value });
        var head = await repository.CommitAsync(("README.md", "# Other\n"), (".auxo/ci.yaml", Deploy));
        await _host.SendAsync(other.Advanced(head));
        var id = BuildId.For(other.Rid, head, BuildTrigger.Branch, "main", 1);
        Assert.Contains("there is no secret", Result(await _host.FinishedAsync(id), "deploy").Summary, StringComparison.Ordinal);

        await SetAsync("DEPLOY_TOKEN", new { value = "another value" }, all: true);
        Assert.Equal(202, (await _host.PostAsync($"/builds/{id}/rerun")).Status);
        var second = BuildId.For(other.Rid, head, BuildTrigger.Branch, "main", 2);
        Assert.StartsWith("command 1 of 1", Result(await _host.FinishedAsync(second), "deploy").Summary, StringComparison.Ordinal);
        Assert.Equal("passed", Result(await _host.FinishedAsync(await PushAsync(Deploy)), "deploy").Outcome);
    }

    [Fact]
    public async Task a_build_by_hand_is_given_it_at_the_head_of_the_default_branch_only()
    {
        await SetAsync("DEPLOY_TOKEN", new { value = Value });
        var older = await _repository.CommitAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", Deploy));
        await _host.SendAsync(_told.Advanced(older));
        var head = await _repository.CommitOnTopAsync(("README.md", "# Demo 2\n"), (".auxo/ci.yaml", Deploy));
        await _host.SendAsync(_told.Advanced(head, older));
        await _host.FinishedAsync(BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1));
        Assert.Equal("passed", Result(await ByHandAsync(head), "deploy").Outcome);
        Assert.Contains("a build by hand", Result(await ByHandAsync(older), "deploy").Summary, StringComparison.Ordinal);

        async Task<JsonNode> ByHandAsync(CommitId commit)
        {
            var (status, build) = await _host.PostAsync("/builds", new { rid = _told.Rid.Value, commit = commit.Value, @ref = "main" });
            Assert.Equal(202, status);
            return await _host.FinishedAsync(PipelineHost.IdOf(build));
        }
    }

    [Fact]
    public async Task a_rotation_changes_the_key_and_no_value()
    {
        await SetAsync("DEPLOY_TOKEN", new { value = Value });
        await SetAsync("OTHER", new { value = "of all repositories" }, all: true);
        var file = new InstanceLayout(_home).SecretsKey;
        var old = await File.ReadAllTextAsync(file);
        var before = await _host.ScalarAsync<string>("select max(key_id) from pipeline.secrets");
        var (status, answer) = await _host.PostAsync("/secrets/rotate");
        Assert.Equal((200, 2), (status, (int)answer["secrets"]!));
        Assert.NotEqual(old, await File.ReadAllTextAsync(file));
        Assert.Single(await File.ReadAllLinesAsync(file));
        Assert.Equal(
            (string)answer["keyId"]!, await _host.ScalarAsync<string>("select string_agg(distinct key_id, ' ') from pipeline.secrets"));
        Assert.NotEqual(before, (string)answer["keyId"]!);
        Assert.Equal("passed", Result(await _host.FinishedAsync(await PushAsync(Deploy)), "deploy").Outcome);
    }

    [Fact]
    public async Task without_its_key_a_secret_is_shown_as_unreadable_until_it_is_set_again()
    {
        await SetAsync("DEPLOY_TOKEN", new { value = Value });
        File.Delete(new InstanceLayout(_home).SecretsKey);
        Assert.False((bool)(await _host.Client.GetFromJsonAsync<JsonNode>("/secrets"))!["items"]![0]!["isReadable"]!);
        Assert.Contains(
            "is not in this instance's secrets.key", Result(await _host.FinishedAsync(await PushAsync(Deploy)), "deploy").Summary,
            StringComparison.Ordinal);
        Assert.Equal(409, (await _host.PostAsync("/secrets/rotate")).Status);
        await SetAsync("DEPLOY_TOKEN", new { value = Value });
        Assert.Equal(200, (await _host.PostAsync("/secrets/rotate")).Status);
    }

    [Fact]
    public async Task the_doctor_says_of_a_lost_or_a_wrong_key_what_to_do()
    {
        Assert.Null(await DoctorAsync());
        await SetAsync("DEPLOY_TOKEN", new { value = Value });
        await SetAsync("OTHER", new { value = Value }, all: true);
        var (state, text, next) = (await DoctorAsync())!.Value;
        Assert.Equal(
            ("fine", "2 secrets of steps, each with its key in secrets.key; keep a copy of that file", null), (state, text, next));

        var file = new InstanceLayout(_home).SecretsKey;
        var key = await File.ReadAllTextAsync(file);
        File.Delete(file);
        (state, text, next) = (await DoctorAsync())!.Value;
        Assert.Equal(
            ("trouble", "2 of 2 secrets of steps have no key here: secrets.key is lost; steps that ask for them fail"), (state, text));
        Assert.StartsWith("put secrets.key back from your copy into AUXO_HOME", next, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "no key\n");
        (state, text, _) = (await DoctorAsync())!.Value;
        Assert.Equal("trouble", state);
        Assert.StartsWith("none of the 2 secrets of steps can be given to a step: ", text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, Convert.ToBase64String(new byte[32]) + "\n");
        Assert.Contains(
            "secrets.key is another one than they were encrypted by", (await DoctorAsync())!.Value.Text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, key);
        Assert.Equal("fine", (await DoctorAsync())!.Value.State);
        await using var command = _host.Database.CreateCommand("update pipeline.secrets set value = value || '\\x00' where name = 'OTHER'");
        await command.ExecuteNonQueryAsync();
        (state, text, next) = (await DoctorAsync())!.Value;
        Assert.Equal("trouble", state);
        Assert.StartsWith("1 of 2 secrets of steps was changed in the database", text, StringComparison.Ordinal);
        Assert.StartsWith("set them again: auxo secret set NAME", next, StringComparison.Ordinal);

        async Task<(string State, string Text, string? Next)?> DoctorAsync()
        {
            var items = (await _host.Client.GetFromJsonAsync<JsonNode>("/diagnosis"))!["items"]!.AsArray();
            return items.FirstOrDefault(static item => (string)item!["name"]! == "secrets") is { } found
                ? ((string)found["state"]!, (string)found["text"]!, (string?)found["next"]) : null;
        }
    }

    [Fact]
    public async Task administrators_set_and_remove_developers_look_and_who_did_it_is_kept()
    {
        var path = $"/secrets/DEPLOY_TOKEN?rid={Uri.EscapeDataString(_told.Rid.Value)}";
        foreach (var (client, expected) in ((HttpClient, int)[])[(_host.Anonymous, 401), (_host.Reader, 403), (_host.Writer, 403)])
        {
            using var set = await client.PutAsJsonAsync(path, new { value = Value });
            using var removed = await client.DeleteAsync(path);
            using var rotated = await client.PostAsync("/secrets/rotate", null);
            Assert.Equal((expected, expected, expected), ((int)set.StatusCode, (int)removed.StatusCode, (int)rotated.StatusCode));
        }

        using (var look = await _host.Reader.GetAsync("/secrets")) Assert.Equal(403, (int)look.StatusCode);
        await SetAsync("DEPLOY_TOKEN", new { value = Value, branches = new[] { "release/*" } });
        var listed = (await _host.Writer.GetFromJsonAsync<JsonNode>("/secrets"))!["items"]!.AsArray().Single()!;
        Assert.Equal(
            (_told.Rid.Value, "demo", "DEPLOY_TOKEN", "release/*", "none"),
            ((string)listed["rid"]!, (string)listed["repositoryName"]!, (string)listed["name"]!, (string)listed["branches"]![0]!,
                (string)listed["patches"]!));
        Assert.StartsWith("admin ", (string)listed["setBy"]!, StringComparison.Ordinal);
        Assert.Equal((204, 404), (await DeleteAsync(), await DeleteAsync()));
        Assert.Equal("secret_set secret_removed", await _host.ScalarAsync<string>(
            "select string_agg(type, ' ' order by version) from pipeline.mt_events "
                + $"where stream_id = 'secret/{_told.Rid.Value}/DEPLOY_TOKEN' and data ->> 'by' like 'admin %'"));

        async Task<int> DeleteAsync()
        {
            using var answer = await _host.Client.DeleteAsync(path);
            return (int)answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("PATH", "some value", "is a variable that Auxo or the shell sets")]
    [InlineData("X", "x~z", "fewer than 4 characters")]
    [InlineData("X", "a\0bc", "no text in UTF-8")]
    public async Task what_cannot_be_a_secret_is_refused_and_not_repeated(string name, string value, string why)
    {
        using var answer = await _host.Client.PutAsJsonAsync($"/secrets/{name}", new { value });
        var said = await answer.Content.ReadAsStringAsync();
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains(why, said, StringComparison.Ordinal);
        Assert.DoesNotContain(value, said, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task SetAsync(string name, object body, bool all = false)
    {
        using var answer = await _host.Client.PutAsJsonAsync(
            $"/secrets/{name}{(all ? "" : $"?rid={Uri.EscapeDataString(_told.Rid.Value)}")}", body);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.DoesNotContain(Value, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<Guid> PushAsync(string file)
    {
        var head = await _repository.CommitOnTopAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", file));
        await _host.SendAsync(_told.Advanced(head));
        return BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1);
    }

    private static (string Outcome, string Summary) Result(JsonNode build, string step)
        => build["steps"]!.AsArray().Single(result => (string)result!["step"]! == step) is { } found
            ? ((string)found["outcome"]!, (string)found["summary"]!) : default;

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
