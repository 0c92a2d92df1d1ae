using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Git;
using Auxo.Testing;

namespace Auxo.Ingest.Tests.Tracking;

/// <summary>Repositories that have nothing to build, that change what is built, or that Auxo does not read.</summary>
public sealed class RepositoriesWithoutCommitTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-empty-").FullName;
    private IngestHost _host = null!;

    public async ValueTask InitializeAsync()
        => _host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), Path.Combine(_folder, "home"));

    [Theory]
    [InlineData("init -q -b main x", "There is no commit on the default branch main yet; push one.")]
    [InlineData("init -q --bare -b main x", "There is no commit on the default branch main yet; push one.")]
    [InlineData("clone -q --bare full x; symbolic-ref HEAD refs/heads/gone",
        "There is no commit on the default branch gone, but on main. Push gone, or make another one the default: "
            + "git -C {x} symbolic-ref HEAD refs/heads/main")]
    [InlineData("clone -q --bare full x; branch -m main trunk; symbolic-ref HEAD refs/heads/main",
        "There is no commit on the default branch main, but on trunk. Push main, or make another one the default: "
            + "git -C {x} symbolic-ref HEAD refs/heads/trunk")]
    [InlineData("clone -q full x; checkout -q --orphan fresh; branch -m main trunk; remote remove origin",
        "There is no commit on the default branch fresh, but on trunk. Push fresh, or make another one the default: "
            + "git -C {x}/.git symbolic-ref HEAD refs/heads/trunk")]
    public async Task without_a_commit_on_the_default_branch_the_refs_say_why(string commands, string reason)
    {
        var x = await MakeAsync(commands);
        await _host.TrackAsync(x);
        await _host.ScanAsync(await RidAsync());
        var found = Assert.Single(await _host.ItemsAsync($"/repositories/{await RidAsync()}/refs"))!;
        Assert.Equal(
            (null, null, reason.Replace("{x}", x, StringComparison.Ordinal)),
            ((string?)found["commit"], (string?)found["fact"], (string)found["reason"]!));
        Assert.Null((string?)(await _host.ItemsAsync("/repositories")).Single()!["problem"]);
    }

    [Theory]
    [InlineData("clone -q --bare full x; symbolic-ref HEAD refs/heads/gone", "symbolic-ref HEAD refs/heads/main", "main")]
    [InlineData("clone -q --bare full x", "branch -m main trunk", "trunk")]
    [InlineData("clone -q full x; remote remove origin", "branch -m main trunk", "trunk")]
    [InlineData("clone -q full x; branch -m main master; remote remove origin", "branch -m master main", "main")]
    [InlineData("init -q -b main x", "fetch -q ../full main:trunk; symbolic-ref HEAD refs/heads/trunk", "trunk")]
    public async Task the_default_branch_may_get_another_name(string commands, string then, string branch)
    {
        var x = await MakeAsync(commands);
        await _host.TrackAsync(x);
        await RunAsync(x, then);
        await _host.ScanAsync(await RidAsync());
        var repository = (await _host.ItemsAsync("/repositories")).Single()!;
        Assert.Equal(branch, (string)repository["defaultBranch"]!);
        var found = Assert.Single(await _host.ItemsAsync($"/repositories/{await RidAsync()}/refs"))!;
        Assert.Equal((branch, "default_branch_advanced"), ((string)found["name"]!, (string)found["fact"]!));
    }

    [Fact]
    public async Task a_folder_that_is_gone_is_a_problem_of_its_repository()
    {
        var x = await MakeAsync("clone -q full x");
        await _host.TrackAsync(x);
        Directory.Move(x, x + ".away");
        await _host.ScanAsync(await RidAsync());
        var problem = (string)(await _host.ItemsAsync("/repositories")).Single()!["problem"]!;
        Assert.Contains("is gone. Move it back", problem, StringComparison.Ordinal);
        Assert.Contains("untrack it and track it where it is now", problem, StringComparison.Ordinal);
        Directory.Move(x + ".away", x);
        await _host.ScanAsync(await RidAsync());
        Assert.Null((string?)(await _host.ItemsAsync("/repositories")).Single()!["problem"]);
    }

    [Theory]
    [InlineData("init -q --object-format=sha256 x")]
    [InlineData("init -q --bare --object-format=sha256 x")]
    public async Task another_object_format_is_refused_in_one_sentence(string commands)
    {
        var x = await MakeAsync(commands);
        using var answer = await _host.Client.PostAsJsonAsync("/repositories", new { location = x });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.StartsWith($"{x} names its objects by sha256, which neither Radicle nor Auxo reads.",
            (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["detail"]!, StringComparison.Ordinal);
        Assert.Empty(await _host.ItemsAsync("/repositories"));
    }

    [Theory]
    [InlineData("clone -q full x", ".git")]
    [InlineData("clone -q full x", ".git/refs")]
    [InlineData("clone -q full x; worktree add -q ../second -b second", "../second")]
    [InlineData("clone -q --bare full x; worktree add -q ../second -b second", "../second")]
    public async Task one_repository_is_tracked_once_by_whichever_of_its_folders(string commands, string other)
    {
        var x = await MakeAsync(commands);
        await _host.TrackAsync(x);
        using var answer = await _host.Client.PostAsJsonAsync("/repositories", new { location = Path.Combine(x, other) });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(await _host.ItemsAsync("/repositories"));
    }

    /// <summary>Runs git beside a repository <c>full</c> with one commit: the first command there, the others in <c>x</c>.</summary>
    private async Task<string> MakeAsync(string commands)
    {
        await RunAsync(_folder, "init -q -b main full");
        var full = Path.Combine(_folder, "full");
        await RunAsync(full, "-c user.name=a -c user.email=a@example.org commit -q --allow-empty -m Start");
        var (first, rest) = (commands.Split("; ")[0], commands.Split("; ")[1..]);
        await RunAsync(_folder, first);
        var x = Path.Combine(_folder, "x");
        if (rest.Length > 0) await RunAsync(x, string.Join("; ", rest));
        return x;
    }

    private static async Task RunAsync(string folder, string commands)
    {
        foreach (var command in commands.Split("; ")) await GitCommand.RunAsync(folder, command.Split(' '), CancellationToken.None);
    }

    private async Task<string> RidAsync() => (string)(await _host.ItemsAsync("/repositories")).Single()!["rid"]!;

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
