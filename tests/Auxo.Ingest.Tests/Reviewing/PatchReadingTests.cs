using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Ingest.Tests.Reviewing;

/// <summary>What a patch changes and what was said of it, through the real service from signed storage.</summary>
public sealed class PatchReadingTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly RadicleTestKey _alice = new("alice");
    private readonly RadicleTestKey _bob = new("bob");
    private RadicleStorage _storage = null!;
    private IngestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _storage = await RadicleStorage.CreateAsync(Path.Combine(_home, "storage"), "demo", _alice, Files("README.md", "# demo\n"));
        _host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.TrackAsync(_storage.Rid);
    }

    [Fact]
    public async Task a_revision_is_compared_with_where_it_leaves_the_default_branch()
    {
        var (patch, head) = _storage.OpenPatch(_bob, "Say hello", Files("README.md", "# demo\nhello \u202E\n"));
        await _host.ScanAsync(_storage.Rid);
        var diff = await DiffAsync(patch, patch);
        Assert.Equal((_storage.Head, head, null), ((string)diff["base"]!, (string)diff["head"]!, (string?)diff["from"]));
        var file = Assert.Single(diff["files"]!.AsArray())!;
        Assert.Equal(("README.md", "modified"), ((string)file["path"]!, (string)file["change"]!));
        var line = file["hunks"]![0]!["lines"]![1]!;
        Assert.Equal((null, 2, "hello \u202E"), ((int?)line["old"], (int)line["new"]!, (string)line["text"]!));
    }

    [Fact]
    public async Task a_base_that_its_author_makes_up_hides_no_commit()
    {
        var hidden = _storage.Commit(Files("hidden", "x\n"), "Hide", _storage.Head);
        var (patch, _) = _storage.OpenPatch(_bob, "Harmless", Files("README.md", "# demo\nhello\n"), onto: hidden);
        await _host.ScanAsync(_storage.Rid);
        var diff = await DiffAsync(patch, patch);
        Assert.Equal(_storage.Head, (string)diff["base"]!);
        Assert.Contains("hidden", diff["files"]!.AsArray().Select(static f => (string)f!["path"]!));
    }

    [Fact]
    public async Task what_was_merged_is_compared_with_its_base()
    {
        var before = _storage.Head;
        var (patch, head) = _storage.OpenPatch(_bob, "Say hello", Files("README.md", "# demo\nhello\n"));
        _storage.Push(_alice, head);
        await _host.ScanAsync(_storage.Rid);
        var diff = await DiffAsync(patch, patch);
        Assert.Equal((before, 1), ((string)diff["base"]!, (int)diff["fileCount"]!));
    }

    [Fact]
    public async Task a_revision_is_compared_with_another_one_of_its_patch()
    {
        var (patch, first) = _storage.OpenPatch(_bob, "Say hello", Files("README.md", "# demo\nhello\n"));
        var (revision, second) = _storage.RevisePatch(_bob, patch, first, Files("README.md", "# demo\nhello all\n"));
        await _host.ScanAsync(_storage.Rid);
        var diff = await DiffAsync(patch, revision, "?from=" + patch);
        Assert.Equal((first, second, patch), ((string)diff["base"]!, (string)diff["head"]!, (string)diff["from"]!));
        Assert.Equal(1, (int)diff["files"]![0]!["removed"]!);
    }

    [Fact]
    public async Task only_revisions_of_the_patch_are_read()
    {
        var (patch, _) = _storage.OpenPatch(_bob, "One", Files("a", "a"));
        var (other, _) = _storage.OpenPatch(_bob, "Two", Files("b", "b"));
        await _host.ScanAsync(_storage.Rid);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(patch, other));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(patch, patch, "?from=" + other));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_storage.Head, patch));
        using var anonymous = await _host.Anonymous.GetAsync(Url(patch, patch));
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }

    [Fact]
    public async Task commits_that_are_not_here_are_named()
    {
        var (patch, _) = _storage.OpenPatch(_bob, "One", Files("a", "a"));
        await _host.ScanAsync(_storage.Rid);
        Directory.Move(Path.Combine(_storage.Path, "objects"), Path.Combine(_storage.Path, "gone"));
        Directory.CreateDirectory(Path.Combine(_storage.Path, "objects"));
        using var answer = await _host.Client.GetAsync(Url(patch, patch));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("rad sync --fetch", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_visitor_reads_no_folder_where_commits_are_not_here()
    {
        _storage.SetVisibility(_alice, isPublic: true);
        var (patch, _) = _storage.OpenPatch(_bob, "One", Files("a", "a"));
        await _host.ScanAsync(_storage.Rid);
        using var opened = await _host.Client.PutAsync($"/repositories/{_storage.Rid}/public", content: null);
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        Directory.Move(Path.Combine(_storage.Path, "objects"), Path.Combine(_storage.Path, "gone"));
        Directory.CreateDirectory(Path.Combine(_storage.Path, "objects"));
        using var answer = await _host.Anonymous.GetAsync(Url(patch, patch));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var words = await answer.Content.ReadAsStringAsync();
        Assert.Contains("missing", words, StringComparison.Ordinal);
        Assert.DoesNotContain(_home, words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_discussion_has_descriptions_comments_and_reviews_and_says_which_are_of_auxo()
    {
        var (patch, head) = _storage.OpenPatch(_bob, "Say hello", Files("README.md", "# demo\nhello\n"));
        var comment = _storage.Comment(_alice, patch, patch, "Why?");
        _storage.Comment(_bob, patch, patch, "To be kind.", comment);
        var verdict = _storage.Comment(_alice, patch, patch, "passed");
        _storage.EditComment(_alice, patch, patch, verdict, "failed");
        var review = _storage.Act(_alice, patch, new JsonObject
        {
            ["type"] = "review", ["revision"] = patch, ["summary"] = "Not like this", ["verdict"] = "reject",
        });
        _storage.Act(_alice, patch, new JsonObject
        {
            ["type"] = "review.comment", ["review"] = review, ["body"] = "this line",
            ["location"] = new JsonObject
            {
                ["commit"] = head, ["path"] = "README.md", ["old"] = null,
                ["new"] = new JsonObject { ["type"] = "lines", ["range"] = new JsonObject { ["start"] = 2, ["end"] = 3 } },
            },
        });
        await _host.ScanAsync(_storage.Rid);
        await PostedAsync(patch, verdict);

        var said = await _host.ItemsAsync($"/repositories/{_storage.Rid}/patches/{patch}/discussion");
        Assert.Equal(
            ["revision", "comment Why?", "comment To be kind.", "comment failed edited auxo", "review Not like this reject",
                "comment this line at README.md:2"],
            said.Select(static e => new StringBuilder((string)e!["kind"]!)
                .Append((string)e["kind"]! == "revision" ? "" : " " + e["body"]).Append((bool)e["isEdited"]! ? " edited" : "")
                .Append((bool)e["byAuxo"]! ? " auxo" : "").Append(e["verdict"] is { } v ? $" {v}" : "")
                .Append(e["place"] is { } p ? $" at {p["path"]}:{p["newLine"]}" : "").ToString()));
        Assert.Equal(comment, (string?)said[2]!["replyTo"]);
    }

    [Fact]
    public async Task the_console_is_answered_as_recorded()
    {
        var (patch, _) = _storage.OpenPatch(_bob, "Say hello", Files("README.md", "# demo\nhello\n"));
        await PostedAsync(patch, _storage.Comment(_alice, patch, patch, "Why?"));
        await _host.ScanAsync(_storage.Rid);
        var path = $"repositories/{_storage.Rid}/patches/{patch}";
        foreach (var (route, asked) in ((string, string)[])[
            ("repositories/{rid}/patches/{patch}/revisions/{revision}/diff", $"{path}/revisions/{patch}/diff"),
            ("repositories/{rid}/patches/{patch}/discussion", $"{path}/discussion"),
            ("patches", $"patches?rid={_storage.Rid}"), ("outbox", "outbox"), ("diagnosis", "diagnosis")])
            RecordedAnswers.Match("ingest", route, (await _host.Client.GetFromJsonAsync<JsonNode>("/" + asked))!);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private Task PostedAsync(string patch, string comment) => _host.ExecuteAsync(
        """
        insert into ingest.comment_outbox
            (key, rid, patch_id, revision_id, build_id, body, seq, final, state, comment_id, created_at, updated_at)
        values ('k', $1, $2, $2, gen_random_uuid(), 'failed', 1, true, 'posted', $3, now(), now())
        """, _storage.Rid, patch, comment);

    private async Task<JsonNode> DiffAsync(string patch, string revision, string query = "")
        => (await _host.Client.GetFromJsonAsync<JsonNode>(Url(patch, revision, query)))!;

    private async Task<HttpStatusCode> StatusAsync(string patch, string revision, string query = "")
    {
        using var answer = await _host.Client.GetAsync(Url(patch, revision, query));
        return answer.StatusCode;
    }

    private string Url(string patch, string revision, string query = "")
        => $"/repositories/{_storage.Rid}/patches/{patch}/revisions/{revision}/diff{query}";

    private static Dictionary<string, string> Files(string path, string content) => new(StringComparer.Ordinal) { [path] = content };
}
