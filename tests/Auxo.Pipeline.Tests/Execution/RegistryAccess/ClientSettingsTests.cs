using System.Xml.Linq;

using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.RegistryAccess;

namespace Auxo.Pipeline.Tests.Execution.RegistryAccess;

/// <summary>How package programs are told of the registry.</summary>
public sealed class ClientSettingsTests
{
    private const string Token = "auxo_build_c2FpZA.c2lnbmVk";
    private const string Address = "http://127.0.0.1:881";

    [Fact]
    public void every_program_has_its_address_and_no_file_has_the_token()
    {
        var files = ClientSettings.Files(Of("npm:npm,pypi:python,nuget:nuget"), Address).ToDictionary();
        Assert.All(files.Values, static text => Assert.DoesNotContain(Token, text, StringComparison.Ordinal));
        Assert.Equal(
            "registry=http://127.0.0.1:881/npm/npm/\n//127.0.0.1:881/npm/npm/:_authToken=${AUXO_REGISTRY_TOKEN}\n"
            + "replace-registry-host=always\n", files[".npmrc"]);
        Assert.Contains("npmAuthToken: \"${AUXO_REGISTRY_TOKEN-}\"\n", files[".yarnrc.yml"], StringComparison.Ordinal);
        Assert.Contains("url = \"http://127.0.0.1:881/pypi/python/simple/\"\n", files[".config/uv/uv.toml"], StringComparison.Ordinal);
        var source = Assert.Single(XDocument.Parse(files[".nuget/NuGet/NuGet.Config"]).Descendants("add"));
        Assert.Equal(
            ("auxo", "http://127.0.0.1:881/nuget/nuget/v3/index.json", "true"),
            ((string)source.Attribute("key")!, (string)source.Attribute("value")!, (string)source.Attribute("allowInsecureConnections")!));

        Assert.Equal(
            ["AUXO_REGISTRY=http://127.0.0.1:881", $"AUXO_REGISTRY_TOKEN={Token}",
                $"NuGetPackageSourceCredentials_auxo=Username=build;Password={Token}",
                $"PIP_INDEX_URL=http://build:{Token}@127.0.0.1:881/pypi/python/simple/",
                $"UV_INDEX_AUXO_PASSWORD={Token}", "UV_INDEX_AUXO_USERNAME=build"],
            Variables(Of("npm:npm,pypi:python,nuget:nuget")));
    }

    [Theory]
    [InlineData("raw:raw")]
    [InlineData("oci:oci")]
    public void where_no_program_reads_a_setting_there_are_only_the_address_and_the_token(string repositories)
    {
        Assert.Empty(ClientSettings.Files(Of(repositories), Address));
        Assert.Equal("", ClientSettings.Script(Of(repositories), Address, new Dictionary<string, string>()));
        Assert.Equal(2, Variables(Of(repositories)).Count);
    }

    [Theory]
    [InlineData("PIP_INDEX_URL")]
    [InlineData("PIP_CONFIG_FILE")]
    [InlineData("PIP_NO_INDEX")]
    public void a_step_that_tells_pip_itself_is_left_alone(string name)
        => Assert.DoesNotContain(
            Variables(Of("pypi:pypi"), new Dictionary<string, string> { [name] = "x" }),
            static variable => variable.StartsWith("PIP_", StringComparison.Ordinal));

    [Fact]
    public void a_step_with_a_home_of_its_own_has_its_own_files_there()
        => Assert.Equal("", ClientSettings.Script(
            Of("npm:npm,nuget:nuget"), Address, new Dictionary<string, string> { ["HOME"] = "/workspace/home" }));

    [Fact]
    public void all_names_are_such_as_a_shell_takes()
        => Assert.Null(StepScript.Refuse(ClientSettings.Variables(
            Of("npm:npm,pypi:python,nuget:nuget,oci:oci,raw:raw"), Address, new Dictionary<string, string>())));

    private static List<string> Variables(StepRegistry registry, Dictionary<string, string>? own = null)
        => [.. ClientSettings.Variables(registry, Address, own ?? []).Select(static pair => $"{pair.Key}={pair.Value}")
            .Order(StringComparer.Ordinal)];

    private static StepRegistry Of(string repositories)
        => new(
            Token, [.. repositories.Split(',').Select(static one => new StepRepository(one.Split(':')[0], one.Split(':')[1]))], "/socket",
            static () => null);
}
