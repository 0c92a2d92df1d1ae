using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Auxo.Cli.Registry.Setup;

/// <summary>Where a client finds the registry.</summary>
/// <param name="Address">Of the registry, without a slash at its end.</param>
/// <param name="Repository">The repository.</param>
/// <param name="Token">The token's text.</param>
internal sealed record RegistryPlace(Uri Address, string Repository, string Token)
{
    /// <summary>Host and port.</summary>
    public string Host => Address.Authority;

    /// <summary>Without encryption, which some clients want to be told.</summary>
    public bool IsPlain => Address.Scheme == "http";

    /// <summary>An address below the registry's, with the token in it.</summary>
    public string WithToken(string path) => $"{Address.Scheme}://auxo:{Token}@{Host}{path}";
}

/// <summary>What a client's file says of the registry.</summary>
/// <param name="Client">The client, as people call it.</param>
/// <param name="Format">The format of its repository.</param>
/// <param name="File">Its file below the user's home.</param>
/// <param name="Write">The file's text with the registry in it.</param>
/// <param name="Undo">The file's text without it.</param>
/// <param name="Next">What to do then.</param>
internal sealed record ClientSetup(
    string Client, string Format, string File, Func<string, RegistryPlace, string> Write, Func<string, RegistryPlace, string> Undo,
    string Next)
{
    /// <summary>Its file below <c>XDG_CONFIG_HOME</c>, for a client that looks there instead when that is set; null for others.</summary>
    public string? ConfigFile { get; init; }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>All clients that can be set up.</summary>
    public static IReadOnlyList<ClientSetup> All { get; } =
    [
        Npm("npm", "npm install PACKAGE"), Npm("pnpm", "pnpm add PACKAGE"), Npm("bun", "bun add PACKAGE"),
        Lines("yarn", "npm", ".yarnrc.yml", Yarn, null, "yarn add PACKAGE"),
        Lines("pip", "pypi", ".config/pip/pip.conf", static at => [$"index-url = {at.WithToken($"/pypi/{at.Repository}/simple/")}"],
            "[global]", "pip install PACKAGE"),
        Lines("uv", "pypi", ".config/uv/uv.toml",
            static at => ["[[index]]", "name = \"auxo\"", $"url = \"{at.WithToken($"/pypi/{at.Repository}/simple/")}\"", "default = true"],
            null, "uv add PACKAGE"),
        new("docker", "oci", ".docker/config.json", DockerWith, DockerWithout, "docker pull HOST/REPOSITORY/IMAGE:TAG"),
        Lines("brew", "brew", ".homebrew/brew.env", Brew, null, "brew install FORMULA") with { ConfigFile = "homebrew/brew.env" },
        new("nuget", "nuget", ".nuget/NuGet/NuGet.Config", NuGetWith, NuGetWithout, "dotnet add package PACKAGE"),
    ];

    /// <summary>docker keeps one password for a host, so that its token has to be good for every repository that was set up.</summary>
    public bool HasOneTokenForAll => Client == "docker";

    /// <summary>What publishes, where the token may.</summary>
    public string Publish => Client switch
    {
        "yarn" => "yarn npm publish",
        "docker" => "docker push HOST/REPOSITORY/IMAGE:TAG",
        "nuget" => "dotnet nuget push PACKAGE.nupkg -s auxo",
        "pip" => "twine upload --repository-url http://HOST/pypi/REPOSITORY/legacy/ -u __token__ -p TOKEN dist/*",
        "uv" => "uv publish --publish-url http://HOST/pypi/REPOSITORY/legacy/ --token TOKEN dist/*",
        _ => $"{Client} publish",
    };

    /// <summary>One of them; null when it is not known.</summary>
    public static ClientSetup? Find(string client) => All.FirstOrDefault(c => c.Client == client);

    private static ClientSetup Npm(string client, string next) => Lines(
        client, "npm", ".npmrc",
        static at => [$"registry={at.Address.GetLeftPart(UriPartial.Authority)}/npm/{at.Repository}/",
            $"//{at.Host}/npm/{at.Repository}/:_authToken={at.Token}"], null, next);

    private static ClientSetup Lines(
        string client, string format, string file, Func<RegistryPlace, IReadOnlyList<string>> lines, string? section, string next)
        => new(client, format, file, (text, at) => MarkedBlock.With(text, lines(at), section),
            static (text, _) => MarkedBlock.Without(text), next);

    /// <summary>Yarn sends a token for packages without a scope only when told to, and speaks http only to hosts that are named.</summary>
    private static IReadOnlyList<string> Yarn(RegistryPlace at) =>
    [
        $"npmRegistryServer: \"{at.Address.GetLeftPart(UriPartial.Authority)}/npm/{at.Repository}/\"",
        $"npmAuthToken: \"{at.Token}\"", "npmAlwaysAuth: true",
        .. at.IsPlain ? [$"unsafeHttpWhitelist: [\"{at.Address.Host}\"]"] : Array.Empty<string>(),
    ];

    /// <summary>brew asks the API without a token of its own, and sends one for bottles only when it is told which.</summary>
    private static IReadOnlyList<string> Brew(RegistryPlace at) =>
    [
        $"HOMEBREW_API_DOMAIN={at.WithToken($"/brew/{at.Repository}/api")}",
        $"HOMEBREW_ARTIFACT_DOMAIN={at.Address.GetLeftPart(UriPartial.Authority)}/brew/{at.Repository}/bottles",
        $"HOMEBREW_DOCKER_REGISTRY_TOKEN={at.Token}",
    ];

    private static string DockerWith(string text, RegistryPlace at)
    {
        var config = Object(text);
        var auths = config["auths"] as JsonObject ?? [];
        config["auths"] = auths;
        auths[at.Host] = new JsonObject { ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"auxo:{at.Token}")) };
        return config.ToJsonString(Indented) + "\n";
    }

    private static string DockerWithout(string text, RegistryPlace at)
    {
        var config = Object(text);
        if (config["auths"] is not JsonObject auths || !auths.Remove(at.Host)) return text;
        if (auths.Count == 0) config.Remove("auths");
        return config.Count == 0 ? "" : config.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Object(string text)
        => (text.Trim().Length == 0 ? [] : JsonNode.Parse(text) as JsonObject)
            ?? throw new JsonException("it is no JSON object");

    private static string NuGetWith(string text, RegistryPlace at)
    {
        var document = text.Trim().Length == 0 ? new XDocument(new XElement("configuration")) : XDocument.Parse(NuGetWithout(text, at));
        var root = document.Root!;
        Part(root, "packageSources").Add(new XElement("add", new XAttribute("key", "auxo"),
            new XAttribute("value", $"{at.Address.GetLeftPart(UriPartial.Authority)}/nuget/{at.Repository}/v3/index.json"),
            at.IsPlain ? new XAttribute("allowInsecureConnections", "true") : null));
        Part(root, "packageSourceCredentials").Add(new XElement("auxo",
            new XElement("add", new XAttribute("key", "Username"), new XAttribute("value", "auxo")),
            new XElement("add", new XAttribute("key", "ClearTextPassword"), new XAttribute("value", at.Token))));
        return document + "\n";
    }

    private static string NuGetWithout(string text, RegistryPlace at)
    {
        if (text.Trim().Length == 0) return text;
        var document = XDocument.Parse(text);
        var ours = document.Root!.Elements("packageSources").Elements("add").Where(static e => (string?)e.Attribute("key") == "auxo")
            .Concat(document.Root!.Elements("packageSourceCredentials").Elements("auxo")).ToList();
        if (ours.Count == 0) return text;
        ours.ForEach(static e => e.Remove());
        document.Root!.Elements("packageSourceCredentials").Where(static e => !e.HasElements).Remove();
        return document + "\n";
    }

    private static XElement Part(XElement root, string name)
    {
        if (root.Element(name) is { } part) return part;
        part = new XElement(name);
        root.Add(part);
        return part;
    }
}
