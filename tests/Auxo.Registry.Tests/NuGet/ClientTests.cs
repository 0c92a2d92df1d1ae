using System.Text.Json.Nodes;

using Auxo.Testing;

namespace Auxo.Registry.Tests.NuGet;

/// <summary>The dotnet command line as it is.</summary>
public sealed class ClientTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;
    private RealClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("ours", format: "nuget");
        Assert.SkipUnless(Tool.IsThere("dotnet"), "dotnet is not installed.");
        _client = new RealClient(_home, ("NUGET_PACKAGES", In("packages")), ("NUGET_HTTP_CACHE_PATH", In("http")),
            ("NUGET_PLUGINS_CACHE_PATH", In("plugins")), ("DOTNET_CLI_HOME", In("cli")), ("DOTNET_NOLOGO", "1"),
            ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
            ("DOTNET_SKIP_FIRST_TIME_EXPERIENCE", "1"), ("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false"),
            ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"),
            ("MSBUILDDISABLENODEREUSE", "1"), ("DOTNET_CLI_UI_LANGUAGE", "en"), ("DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE", "true"));
        await WriteSourcesAsync(_host.Token);
    }

    [Fact]
    public async Task dotnet_pushes_once_skips_what_is_there_and_unlists()
    {
        await WriteAsync("Acme.Left", "1.0.0");
        await WriteAsync("Acme.Left", "1.0.0", symbols: true);
        (await PushAsync("Acme.Left.1.0.0.nupkg", _host.Token)).Well();
        Assert.Equal("acme.left.1.0.0.nupkg acme.left.1.0.0.nuspec acme.left.1.0.0.snupkg", await _host.ScalarAsync<string>(
            "select string_agg(file, ' ' order by file) from registry.package_files"));
        (await PushAsync("Acme.Left.1.0.0.nupkg", _host.Token)).Badly("is there already, and is never replaced");
        (await PushAsync("Acme.Left.1.0.0.nupkg", _host.Token, "--skip-duplicate")).Well();
        await File.WriteAllTextAsync(In("Acme.Broken.1.0.0.nupkg"), "no zip");
        (await PushAsync("Acme.Broken.1.0.0.nupkg", _host.Token)).Badly("The archive is damaged");

        (await _client.RunAsync("dotnet", _home, "nuget", "delete", "Acme.Left", "1.0.0", "--non-interactive", "-s",
            "ours", "-k", _host.Token)).Well();
        Assert.Equal(1L, await _host.ScalarAsync<long>("select count(*) from registry.package_versions where marks ? 'unlisted'"));

        // Without credentials in its settings the key alone counts.
        await _host.DefineAsync("ours", anonymousRead: true);
        await WriteSourcesAsync(null);
        await WriteAsync("Acme.Left", "1.1.0");
        (await PushAsync("Acme.Left.1.1.0.nupkg", "wrong")).Badly("401");
        (await PushAsync("Acme.Left.1.1.0.nupkg", _host.Token)).Well();
    }

    [Fact]
    public async Task dotnet_restores_exact_floating_and_highest_versions()
    {
        foreach (var version in (string[])["1.0.0", "1.1.0", "2.0.0-beta.1", "2.0.0"])
            (await _host.PushAsync("Acme.Left", version)).Dispose();
        (await _host.PushAsync("Acme.Needs", "1.0.0", "<dependencies><group targetFramework=\".NETStandard2.0\">"
            + "<dependency id=\"acme.left\" version=\"1.0.0\"/></group></dependencies>")).Dispose();
        Assert.Equal("1.0.0", await RestoreAsync("Acme.Needs", "1.0.0"));
        Assert.Equal("1.1.0", await RestoreAsync("ACME.LEFT", "1.*"));
        Assert.Equal("2.0.0", await RestoreAsync("Acme.Left", "*-*"));
        Assert.Equal("2.0.0-beta.1", await RestoreAsync("Acme.Left", "[2.0.0-beta.1]"));
    }

    [Fact]
    public async Task dotnet_adds_lists_and_finds_packages()
    {
        foreach (var version in (string[])["1.0.0", "1.1.0", "1.2.0"]) (await _host.PushAsync("Acme.Left", version)).Dispose();
        (await _host.SendAsync(HttpMethod.Delete, "/nuget/ours/v3/push/Acme.Left/1.2.0")).Dispose();
        await WriteProjectAsync("");
        // What is not listed is not added.
        (await _client.RunAsync("dotnet", In("app"), "add", "package", "Acme.Left")).Well();
        Assert.Contains("Version=\"1.1.0\"", await File.ReadAllTextAsync(In("app/app.csproj")), StringComparison.Ordinal);
        (await _client.RunAsync("dotnet", In("app"), "add", "package", "Acme.Left", "--version", "1.0.0")).Well();
        var outdated = (await _client.RunAsync("dotnet", In("app"), "list", "package", "--outdated")).Well();
        Assert.Matches(@"Acme\.Left\s+1\.0\.0\s+1\.0\.0\s+1\.1\.0", outdated.Said);
        Assert.Contains("no vulnerable packages", (await _client.RunAsync("dotnet", In("app"), "list", "package",
            "--vulnerable")).Well().Said,
            StringComparison.Ordinal);
        var found = (await _client.RunAsync("dotnet", _home, "package", "search", "left", "--format", "json")).Well();
        Assert.Equal("1.1.0", (string)JsonNode.Parse(found.Said)!["searchResult"]![0]!["packages"]![0]!["latestVersion"]!);
    }

    [Fact]
    public async Task dotnet_installs_and_updates_a_tool()
    {
        foreach (var version in (string[])["1.0.0", "1.1.0"])
        {
            await WriteProjectAsync("<OutputType>Exe</OutputType><PackAsTool>true</PackAsTool><ToolCommandName>acme-tool</ToolCommandName>"
                + $"<PackageId>Acme.Tool</PackageId><Version>{version}</Version><UseAppHost>false</UseAppHost>");
            await File.WriteAllTextAsync(In("app/Program.cs"), $"System.Console.WriteLine(\"tool {version}\");");
            (await _client.RunAsync("dotnet", In("app"), "pack", "-o", _home)).Well();
            (await PushAsync($"Acme.Tool.{version}.nupkg", _host.Token)).Well();
            (await _client.RunAsync("dotnet", _home, "tool", version == "1.0.0" ? "install"
                : "update", "Acme.Tool", "--tool-path", In("tools"),
                "--no-http-cache")).Well();
            Assert.Equal($"tool {version}", (await _client.RunAsync(In("tools/acme-tool"), _home)).Well().Said.Trim());
        }
    }

    [Fact]
    public async Task dotnet_is_let_in_by_its_token_alone()
    {
        (await _host.PushAsync("Acme.Left", "1.0.0")).Dispose();
        await WriteSourcesAsync("wrong");
        await WriteProjectAsync("", "<PackageReference Include=\"Acme.Left\" Version=\"1.0.0\" />");
        (await _client.RunAsync("dotnet", In("app"), "restore")).Badly("401 (Unauthorized)");
        await WriteSourcesAsync(_host.Token);
        (await _client.RunAsync("dotnet", In("app"), "restore")).Well();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private string In(string path) => Path.Combine(_home, path);

    private Task<ClientAnswer> PushAsync(string file, string key, params string[] arguments)
        => _client.RunAsync("dotnet", _home, ["nuget", "push", file, "-s", "ours", "-k", key, .. arguments]);

    private Task WriteSourcesAsync(string? token)
    {
        var credentials = token is null ? "" : $"""
            <packageSourceCredentials>
              <ours><add key="Username" value="any" /><add key="ClearTextPassword" value="{token}" /></ours>
            </packageSourceCredentials>
            """;
        return File.WriteAllTextAsync(In("nuget.config"), $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="ours" value="{_host.Address}nuget/ours/v3/index.json" protocolVersion="3" allowInsecureConnections="true" />
              </packageSources>
              {credentials}
            </configuration>
            """);
    }

    private async Task WriteProjectAsync(string properties, string items = "")
    {
        Directory.CreateDirectory(In("app"));
        foreach (var file in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            await File.WriteAllTextAsync(In($"app/{file}"), "<Project />");
        await File.WriteAllTextAsync(In("app/app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework>{properties}</PropertyGroup>
              <ItemGroup>{items}</ItemGroup>
            </Project>
            """);
    }

    /// <summary>Restores a project that needs this; which version of Acme.Left it got.</summary>
    private async Task<string> RestoreAsync(string id, string version)
    {
        await WriteProjectAsync("", $"<PackageReference Include=\"{id}\" Version=\"{version}\" />");
        (await _client.RunAsync("dotnet", In("app"), "restore")).Well();
        var assets = JsonNode.Parse(await File.ReadAllTextAsync(In("app/obj/project.assets.json")))!;
        return assets["libraries"]!.AsObject().Single(static l =>
            l.Key.StartsWith("Acme.Left/", StringComparison.OrdinalIgnoreCase)).Key.Split('/')[1];
    }

    private async Task WriteAsync(string id, string version, bool symbols = false)
        => await File.WriteAllBytesAsync(
            In($"{id}.{version}.{(symbols ? "snupkg" : "nupkg")}"), symbols ? Nupkgs.Of(id, version, "", ("a.pdb", "x"))
                : Nupkgs.Of(id, version));
}
