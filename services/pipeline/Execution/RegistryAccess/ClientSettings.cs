using System.Text;

namespace Auxo.Pipeline.Execution.RegistryAccess;

/// <summary>
/// How the package programs of a step find the registry. Where a program reads a file of its user, it is told there and not by a variable:
/// for all of them, a variable would win over the files of the repository that is built, and that one is to have the last word. No file
/// has the token: files may get into a cache and outlive it.
/// </summary>
internal static class ClientSettings
{
    /// <summary>The variable with the registry's address, without a slash at its end.</summary>
    public const string Address = "AUXO_REGISTRY";

    /// <summary>The variable with the token.</summary>
    public const string Token = "AUXO_REGISTRY_TOKEN";

    private const string Source = "auxo";

    /// <summary>Where pip looks; a step that says any of these means another place.</summary>
    private static readonly string[] OfPip = ["PIP_INDEX_URL", "PIP_CONFIG_FILE", "PIP_NO_INDEX"];

    /// <summary>Variables, in their order.</summary>
    /// <param name="registry">What the step is given.</param>
    /// <param name="address">Where the step reaches the registry.</param>
    /// <param name="own">The step's own variables: those stay as they are.</param>
    public static IReadOnlyDictionary<string, string> Variables(
        StepRegistry registry, string address, IReadOnlyDictionary<string, string> own)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { [Address] = address, [Token] = registry.Token };
        // pip reads no token from elsewhere without a file that has it.
        if (Repository(registry, "pypi") is { } python)
        {
            var withToken = address.Replace("://", $"://build:{registry.Token}@", StringComparison.Ordinal);
            if (!OfPip.Any(own.ContainsKey)) variables["PIP_INDEX_URL"] = $"{withToken}/pypi/{python}/simple/";
            variables["UV_INDEX_AUXO_USERNAME"] = "build";
            variables["UV_INDEX_AUXO_PASSWORD"] = registry.Token;
        }

        if (Repository(registry, "nuget") is not null)
            variables[$"NuGetPackageSourceCredentials_{Source}"] = $"Username=build;Password={registry.Token}";
        return variables;
    }

    /// <summary>Files below the step's home, and their text.</summary>
    /// <param name="registry">What the step is given.</param>
    /// <param name="address">Where the step reaches the registry.</param>
    public static IEnumerable<(string Path, string Text)> Files(StepRegistry registry, string address)
    {
        var host = new Uri(address).Authority;
        if (Repository(registry, "npm") is { } npm)
        {
            yield return (".npmrc", $$"""
                registry={{address}}/npm/{{npm}}/
                //{{host}}/npm/{{npm}}/:_authToken=${{{Token}}}
                replace-registry-host=always

                """);
            yield return (".yarnrc.yml", $$"""
                npmRegistryServer: "{{address}}/npm/{{npm}}"
                npmRegistries:
                  "{{address}}/npm/{{npm}}":
                    npmAlwaysAuth: true
                    npmAuthToken: "${{{Token}}-}"
                unsafeHttpWhitelist:
                  - "{{new Uri(address).Host}}"

                """);
        }

        if (Repository(registry, "pypi") is { } python)
            yield return (".config/uv/uv.toml", $"""
                [[index]]
                name = "{Source}"
                url = "{address}/pypi/{python}/simple/"
                default = true

                """);
        if (Repository(registry, "nuget") is { } nuget)
            yield return (".nuget/NuGet/NuGet.Config", $"""
                <?xml version="1.0" encoding="utf-8"?>
                <configuration>
                  <packageSources>
                    <add key="{Source}" value="{address}/nuget/{nuget}/v3/index.json" protocolVersion="3" allowInsecureConnections="true" />
                  </packageSources>
                </configuration>

                """);
    }

    /// <summary>
    /// Lines of the step's script that write the files into its home. One that is there stays: it came with a cache, or is the image's.
    /// A step that names a home of its own has its own files there.
    /// </summary>
    /// <inheritdoc cref="Variables"/>
    public static string Script(StepRegistry registry, string address, IReadOnlyDictionary<string, string> own)
    {
        var script = new StringBuilder();
        if (own.ContainsKey("HOME")) return "";
        var files = Files(registry, address).ToList();
        var folders = files.Select(static file => Path.GetDirectoryName(file.Path)!).Where(static folder => folder.Length > 0).ToList();
        // One program for all; without folders, none is started.
        if (folders.Count > 0)
            script.Append("command mkdir -p").AppendJoin("", folders.Select(static folder => $" \"$HOME/{folder}\"")).Append(" || :\n");
        foreach (var (path, text) in files)
            script.Append($"[ -e \"$HOME/{path}\" ] || printf %s {StepScript.Quote(text)} >\"$HOME/{path}\" || :\n");
        return script.ToString();
    }

    private static string? Repository(StepRegistry registry, string format)
        => registry.Repositories.FirstOrDefault(repository => repository.Format == format)?.Name;
}
