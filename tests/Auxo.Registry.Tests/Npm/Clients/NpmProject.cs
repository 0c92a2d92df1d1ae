using System.Text.Json.Nodes;


namespace Auxo.Registry.Tests.Npm.Clients;

/// <summary>A folder in which one client works, with a home, a cache and settings of its own.</summary>
public sealed class NpmProject
{
    private readonly NpmClients _clients;
    private readonly string _client;
    private readonly string _repository;
    private readonly string _root;

    internal NpmProject(NpmClients clients, string client, string repository, string root)
    {
        (_clients, _client, _repository, _root) = (clients, client, repository, root);
        Folder = Directory.CreateDirectory(Path.Combine(root, "project")).FullName;
        Write("package.json", new JsonObject { ["name"] = "app", ["version"] = "1.0.0", ["private"] = true }.ToJsonString());
        Log(_clients.Host.Token);
    }

    /// <summary>Where it works.</summary>
    public string Folder { get; }

    private string Home => Path.Combine(_root, "home");

    /// <summary>Writes the client's settings as the guide says it, with this token, or without one.</summary>
    public void Log(string? token)
    {
        Directory.CreateDirectory(Home);
        // As the guide says it.
        if (token == _clients.Host.Token) token = "${AUXO_TOKEN}";
        var registry = _clients.Registry(_repository);
        var address = registry[registry.IndexOf("//", StringComparison.Ordinal)..];
        File.WriteAllText(Path.Combine(Home, ".npmrc"),
            $"registry={registry}\n" + (token is null ? "" : $"{address}:_authToken={token}\n"));
        if (_client == "yarn")
        {
            File.WriteAllText(Path.Combine(Home, ".yarnrc.yml"),
                $"""
                npmRegistryServer: "{registry.TrimEnd('/')}"
                npmAlwaysAuth: {(token is null ? "false" : "true")}
                unsafeHttpWhitelist: ["127.0.0.1"]
                enableTelemetry: false
                enableGlobalCache: false
                nodeLinker: node-modules

                """ + (token is null ? "" : $"npmAuthToken: \"{token}\"\n"));
            Write("yarn.lock", "");
        }
    }

    /// <summary>Writes a file of the project.</summary>
    public void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, path))!);
        File.WriteAllText(Path.Combine(Folder, path), content);
    }

    /// <summary>A file of the project; null when it is not there.</summary>
    public string? Read(string path) => File.Exists(Path.Combine(Folder, path)) ? File.ReadAllText(Path.Combine(Folder, path)) : null;

    /// <summary>Which version of a package is installed; null when none is.</summary>
    public string? Installed(string name)
        => Read($"node_modules/{name}/package.json") is { } json ? (string?)JsonNode.Parse(json)!["version"] : null;

    /// <summary>A project of the same user that is a package to publish.</summary>
    public NpmProject Package(string name, string version, Action<JsonObject>? change = null)
    {
        var package = new JsonObject
        {
            ["name"] = name, ["version"] = version, ["description"] = $"{name} for tests", ["license"] = "MIT", ["main"] = "index.js",
        };
        change?.Invoke(package);
        var project = new NpmProject(
            _clients, _client, _repository, Directory.CreateDirectory(Path.Combine(_root, $"{Guid.NewGuid():N}")).FullName);
        project.Write("package.json", package.ToJsonString());
        project.Write("index.js", $"module.exports = '{name}@{version}';\n");
        project.Write("README.md", $"# {name}\n");
        return project;
    }

    /// <summary>Runs the client; its exit code and all that it said.</summary>
    public Task<(int Code, string Said)> TryAsync(params string[] arguments)
        => NpmClients.RunAsync(Folder, [.. _clients.CommandOf(_client), .. arguments], Prepare);

    /// <summary>Runs the client, which must end well; what it said.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, said) = await TryAsync(arguments);
        Assert.True(code == 0, $"{_client} {string.Join(' ', arguments)} ended with {code}: {said}");
        return said;
    }

    /// <summary>Runs the client at a terminal at which somebody types.</summary>
    public async Task<(int Code, string Said)> AtTerminalAsync(
        IReadOnlyList<(string Prompt, string Answer)> typed, params string[] arguments)
    {
        Assert.SkipUnless(Auxo.Testing.Tool.IsThere("script"), "'script' (util-linux) is not installed, which gives a terminal.");
        var command = string.Join(' ', ((string[])[.. _clients.CommandOf(_client), .. arguments]).Select(static a => $"'{a}'"));
        return await NpmClients.RunAsync(Folder, ["script", "-qefc", command, "/dev/null"], Prepare, [.. typed]);
    }

    /// <summary>Runs a file of the project with Node.</summary>
    public Task<(int Code, string Said)> NodeAsync(string script) => NpmClients.RunAsync(Folder, [_clients.Node, "-e", script], Prepare);

    private void Prepare(System.Diagnostics.ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(static k => k.StartsWith("npm_", StringComparison.OrdinalIgnoreCase)
            || k.StartsWith("YARN_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["HOME"] = Home;
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(_root, "cache");
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(_root, "config");
        start.Environment["XDG_DATA_HOME"] = Path.Combine(_root, "data");
        start.Environment["XDG_STATE_HOME"] = Path.Combine(_root, "state");
        start.Environment["PATH"] = $"{Path.GetDirectoryName(_clients.Node)}:{start.Environment["PATH"]}";
        start.Environment["NO_COLOR"] = "1";
        start.Environment["AUXO_TOKEN"] = _clients.Host.Token;
        start.Environment["BUN_INSTALL_CACHE_DIR"] = Path.Combine(_root, "bun-cache");
        start.Environment.Remove("CI");
    }
}
