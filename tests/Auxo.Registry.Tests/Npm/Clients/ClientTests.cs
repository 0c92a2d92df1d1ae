using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Auxo.Registry.Tests.Npm.Clients;

/// <summary>The clients unchanged, each through what people do with it.</summary>
public sealed class ClientTests(NpmClients clients) : IClassFixture<NpmClients>
{
    [Fact]
    public async Task npm_publishes_installs_updates_and_removes()
    {
        var app = clients.Project("npm");
        await app.Package("@acme/pad", "1.0.0").RunAsync("publish");
        await app.Package("npm-left", "1.0.0", static p =>
        {
            p["dependencies"] = new JsonObject { ["@acme/pad"] = "^1.0.0" };
            p["bin"] = "./index.js";
        }).RunAsync("publish");
        Assert.Contains("found 0 vulnerabilities", await app.RunAsync("install", "npm-left"));
        Assert.Equal(("1.0.0", "1.0.0"), (app.Installed("npm-left"), app.Installed("@acme/pad")));
        Assert.Contains("@acme/pad@1.0.0", (await app.NodeAsync("console.log(require('@acme/pad'))")).Said);
        await app.RunAsync("ci");

        var (exists, said) = await app.Package("npm-left", "1.0.0").TryAsync("publish");
        Assert.True(exists == 1, said);
        await app.Package("npm-left", "1.1.0").RunAsync("publish");
        await app.Package("npm-left", "2.0.0-beta.1").RunAsync("publish", "--tag", "beta");
        var (outdated, table) = await app.TryAsync("outdated");
        Assert.Equal(1, outdated);
        Assert.Contains("1.1.0", table);
        await app.RunAsync("update");
        Assert.Equal("1.1.0", app.Installed("npm-left"));

        Assert.Contains("1.1.0", await app.RunAsync("view", "npm-left", "version"));
        Assert.Contains("beta: 2.0.0-beta.1", await app.RunAsync("dist-tag", "ls", "npm-left"));
        await app.RunAsync("dist-tag", "add", "npm-left@1.0.0", "old");
        await app.RunAsync("install", "npm-left@old");
        Assert.Equal("1.0.0", app.Installed("npm-left"));
        await app.RunAsync("dist-tag", "rm", "npm-left", "old");

        await app.RunAsync("deprecate", "npm-left@1.0.0", "use 1.1.0");
        await app.RunAsync("uninstall", "npm-left");
        Assert.Contains("use 1.1.0", await app.RunAsync("install", "npm-left@1.0.0"));
        Assert.Contains("npm-left", await app.RunAsync("search", "npm-left"));
        Assert.Contains("found 0 vulnerabilities", await app.RunAsync("audit"));
        await app.RunAsync("unpublish", "npm-left@1.0.0");
        Assert.DoesNotContain("'1.0.0'", await app.RunAsync("view", "npm-left", "versions"));
        await app.RunAsync("uninstall", "npm-left");
        Assert.Null(app.Installed("npm-left"));
        await app.RunAsync("unpublish", "npm-left", "--force");
        var (gone, words) = await app.TryAsync("view", "npm-left");
        Assert.True(gone == 1, words);
        await app.RunAsync("ping");
    }

    [Fact]
    public async Task npm_says_what_is_true_when_upstream_has_no_advisories()
    {
        await using var upstream = await Mirrors.UpstreamStandIn.StartAsync();
        await clients.Host.DefineAsync("bare", format: "npm", upstream: upstream.Address);
        var app = clients.Project("npm", "bare");
        app.Write("package.json", """{"name":"app","version":"1.0.0","dependencies":{"left-pad":"1.3.0"}}""");
        app.Write("package-lock.json", """
            {"name":"app","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{
                "":{"name":"app","version":"1.0.0","dependencies":{"left-pad":"1.3.0"}},
                "node_modules/left-pad":{"version":"1.3.0","resolved":"https://registry.example/left-pad/-/left-pad-1.3.0.tgz"}}}
            """);
        var (code, said) = await app.TryAsync("audit");
        Assert.Equal(1, code);
        Assert.Contains("has no advisories (it answered 404): nothing is known, good or bad", said, StringComparison.Ordinal);
        Assert.DoesNotContain("found 0 vulnerabilities", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task npm_logs_in_at_a_terminal_and_says_what_is_wrong_with_a_token()
    {
        var app = clients.Project("npm");
        app.Log(null);
        var (none, _) = await app.TryAsync("whoami");
        Assert.Equal(1, none);
        app.Log("auxo_wrong");
        var (wrong, said) = await app.TryAsync("view", "npm-left");
        Assert.Equal(1, wrong);
        Assert.Contains("E401", said);
        app.Log(null);
        var (code, words) = await app.AtTerminalAsync([("Username", "ci"), ("Password", clients.Host.Token)], "login");
        Assert.True(code == 0, words);
        Assert.Contains("test ", await app.RunAsync("whoami"));
        await app.RunAsync("logout");
        Assert.Equal(1, (await app.TryAsync("whoami")).Code);
    }

    [Fact]
    public async Task pnpm_publishes_blindly_and_installs_what_is_a_day_old()
    {
        var app = clients.Project("pnpm");
        await app.Package("@acme/pnpm-pad", "1.0.0").RunAsync("publish", "--no-git-checks");
        await app.Package("pnpm-left", "1.0.0", static p =>
            p["dependencies"] = new JsonObject { ["@acme/pnpm-pad"] = "^1.0.0" }).RunAsync("publish", "--no-git-checks");
        var (again, said) = await app.Package("pnpm-left", "1.0.0").TryAsync("publish", "--no-git-checks");
        Assert.True(again != 0 && said.Contains("never replaced", StringComparison.Ordinal), said);
        await clients.MakeOldAsync("@acme/pnpm-pad", "1.0.0");
        await clients.MakeOldAsync("pnpm-left", "1.0.0");
        await app.RunAsync("add", "pnpm-left");
        Assert.Equal("1.0.0", app.Installed("pnpm-left"));
        await app.RunAsync("install", "--frozen-lockfile");

        // Published now: within a day of it, the older one is taken without a word.
        await app.Package("pnpm-left", "1.2.0").RunAsync("publish", "--no-git-checks");
        await app.RunAsync("update", "pnpm-left");
        Assert.Equal("1.0.0", app.Installed("pnpm-left"));
        await clients.MakeOldAsync("pnpm-left", "1.2.0");
        Assert.Contains("1.2.0", (await app.TryAsync("outdated")).Said);
        await app.RunAsync("update", "pnpm-left");
        Assert.Equal("1.2.0", app.Installed("pnpm-left"));

        await app.Package("pnpm-left", "1.1.0").RunAsync("publish", "--no-git-checks");
        await app.Package("pnpm-left", "2.0.0-beta.1").RunAsync("publish", "--no-git-checks");
        Assert.Contains("1.2.0", await app.RunAsync("view", "pnpm-left", "dist-tags.latest"));
        await app.RunAsync("dist-tag", "add", "pnpm-left@1.1.0", "old");
        Assert.Contains("old", await app.RunAsync("dist-tag", "ls", "pnpm-left"));
        await app.RunAsync("deprecate", "pnpm-left@1.0.0", "use 1.2.0");
        Assert.Contains("use 1.2.0", await app.RunAsync("view", "pnpm-left@1.0.0", "deprecated"));
        await app.RunAsync("audit");
        Assert.Contains("pnpm-left", await app.RunAsync("search", "pnpm-left"));
        await app.RunAsync("remove", "pnpm-left");
        Assert.Null(app.Installed("pnpm-left"));
        app.Log("auxo_wrong");
        Assert.NotEqual(0, (await app.TryAsync("view", "pnpm-left")).Code);
    }

    [Fact]
    public async Task yarn_publishes_blindly_and_installs_what_is_a_day_old()
    {
        var app = clients.Project("yarn");
        await app.RunAsync("install");
        var (pad, left) = (app.Package("@acme/yarn-pad", "1.0.0"), app.Package("yarn-left", "1.0.0", static p =>
            p["dependencies"] = new JsonObject { ["@acme/yarn-pad"] = "^1.0.0" }));
        await pad.RunAsync("install");
        await pad.RunAsync("npm", "publish");
        await clients.MakeOldAsync("@acme/yarn-pad", "1.0.0");
        await left.RunAsync("install");
        await left.RunAsync("npm", "publish");
        var (young, quarantined) = await app.TryAsync("add", "yarn-left");
        Assert.True(young == 1 && quarantined.Contains("quarantined", StringComparison.Ordinal), quarantined);
        await clients.MakeOldAsync("yarn-left", "1.0.0");
        await app.RunAsync("add", "yarn-left");
        Assert.Equal(("1.0.0", "1.0.0"), (app.Installed("yarn-left"), app.Installed("@acme/yarn-pad")));
        Assert.DoesNotContain("__archiveUrl", app.Read("yarn.lock"));
        await app.RunAsync("install", "--immutable");

        var (again, said) = await left.TryAsync("npm", "publish");
        Assert.True(again == 0 || said.Contains("never replaced", StringComparison.Ordinal), said);
        await left.RunAsync("npm", "publish", "--tolerate-republish");
        await PublishAsync("1.2.0");
        await PublishAsync("1.1.0");
        await clients.MakeOldAsync("yarn-left", "1.2.0");
        await app.RunAsync("up", "yarn-left");
        Assert.Equal("1.2.0", app.Installed("yarn-left"));
        await app.RunAsync("npm", "tag", "add", "yarn-left@1.1.0", "old");
        Assert.Contains("old", await app.RunAsync("npm", "tag", "list", "yarn-left"));
        await app.RunAsync("npm", "tag", "remove", "yarn-left", "old");
        Assert.Contains("1.2.0", await app.RunAsync("npm", "info", "yarn-left"));
        await app.RunAsync("npm", "audit", "--all");
        Assert.Contains("test ", await app.RunAsync("npm", "whoami"));
        await app.RunAsync("remove", "yarn-left");
        Assert.Null(app.Installed("yarn-left"));
        app.Log("auxo_wrong");
        var (wrong, words) = await app.TryAsync("npm", "info", "yarn-left");
        Assert.True(wrong == 1, words);

        async Task PublishAsync(string version)
        {
            var next = app.Package("yarn-left", version);
            await next.RunAsync("install");
            await next.RunAsync("npm", "publish");
        }
    }

    [Fact]
    public async Task bun_publishes_blindly_and_installs()
    {
        var app = clients.Project("bun");
        await app.Package("@acme/bun-pad", "1.0.0").RunAsync("publish");
        await app.Package("bun-left", "1.0.0", static p =>
            p["dependencies"] = new JsonObject { ["@acme/bun-pad"] = "^1.0.0" }).RunAsync("publish");
        await app.RunAsync("add", "bun-left");
        Assert.Equal(("1.0.0", "1.0.0"), (app.Installed("bun-left"), app.Installed("@acme/bun-pad")));
        var (again, said) = await app.Package("bun-left", "1.0.0", static p => p["keywords"] = new JsonArray("x"))
            .TryAsync("publish");
        Assert.True(again == 1, said);
        await app.Package("bun-left", "1.2.0").RunAsync("publish");
        await app.Package("bun-left", "1.1.0").RunAsync("publish");
        Assert.Contains("1.2.0", (await app.TryAsync("outdated")).Said);
        await app.RunAsync("update", "bun-left");
        Assert.Equal("1.2.0", app.Installed("bun-left"));
        await app.RunAsync("install", "--frozen-lockfile");
        Assert.Contains("1.2.0", await app.RunAsync("info", "bun-left", "version"));
        await app.RunAsync("audit");
        Assert.Contains("test ", await app.RunAsync("pm", "whoami"));
        await app.RunAsync("remove", "bun-left");
        Assert.Null(app.Installed("bun-left"));
        app.Log("auxo_wrong");
        var (wrong, words) = await app.TryAsync("info", "bun-left");
        Assert.True(wrong != 0, words);
    }

    [Theory]
    [InlineData("npm", "install")]
    [InlineData("pnpm", "add")]
    [InlineData("yarn", "add")]
    [InlineData("bun", "add")]
    public async Task what_comes_from_upstream_is_installed_as_if_it_were_ours(string client, string install)
    {
        var app = clients.Project(client, "mirror");
        await app.RunAsync(install, "world-left");
        Assert.Equal("1.0.0", app.Installed("world-left"));
        if (client == "pnpm") Assert.Contains("@world/pad@1.0.0", app.Read("pnpm-lock.yaml"));
        else Assert.Equal("1.0.0", app.Installed("@world/pad"));
        Assert.Equal(0L, await clients.Host.ScalarAsync<long>("select count(*) from registry.package_files where repository = 'mirror'"));
    }

    [Theory]
    [InlineData("pnpm", "login", "whoami")]
    [InlineData("yarn", "npm login", "npm whoami")]
    public async Task pnpm_and_Yarn_log_in_at_a_terminal(string client, string login, string whoAmI)
    {
        var app = clients.Project(client);
        app.Log(null);
        var (code, said) = await app.AtTerminalAsync(
            [("Username", "ci"), ("Password", clients.Host.Token), ("Email", "ci@example.com")], login.Split(' '));
        Assert.True(code == 0, said);
        Assert.Contains("test ", await app.RunAsync(whoAmI.Split(' ')));
    }

    [Fact]
    public async Task a_person_logs_in_with_name_and_password_and_out_again()
    {
        using (var added = await clients.Host.Client.PostAsJsonAsync(
            "/people", new { name = "ada", role = "developer", password = "correct horse battery" }))
            Assert.True(added.IsSuccessStatusCode, await added.Content.ReadAsStringAsync());
        var app = clients.Project("npm");
        app.Log(null);
        var (wrong, words) = await app.AtTerminalAsync([("Username", "ada"), ("Password", "wrong")], "login");
        Assert.True(wrong != 0 && words.Contains("do not fit", StringComparison.Ordinal), words);
        var (code, said) = await app.AtTerminalAsync([("Username", "ada"), ("Password", "correct horse battery")], "login");
        Assert.True(code == 0, said);
        Assert.Contains("ada", await app.RunAsync("whoami"));
        await app.RunAsync("logout");
        Assert.Equal(0L, await clients.Host.ScalarAsync<long>(
            "select count(*) from access.tokens where person = 'ada' and revoked_at is null"));
    }

    [Fact]
    public async Task a_package_of_ones_own_scope_is_let_through_on_its_first_day()
    {
        var pnpm = clients.Project("pnpm");
        foreach (var version in (string[])["1.0.0", "1.1.0"])
            await pnpm.Package("@own/young", version).RunAsync("publish", "--no-git-checks");
        await clients.MakeOldAsync("@own/young", "1.0.0");
        pnpm.Write("pnpm-workspace.yaml", "minimumReleaseAgeExclude: [\"@own/*\"]\n");
        await pnpm.RunAsync("add", "@own/young");
        Assert.Equal("1.1.0", pnpm.Installed("@own/young"));
        await pnpm.RunAsync("install", "--frozen-lockfile");

        var yarn = clients.Project("yarn");
        yarn.Write(".yarnrc.yml", "npmPreapprovedPackages: [\"@own/*\"]\n");
        await yarn.RunAsync("add", "@own/young");
        Assert.Equal("1.1.0", yarn.Installed("@own/young"));
    }
}
