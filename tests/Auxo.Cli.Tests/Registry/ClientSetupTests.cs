using System.Text.Json.Nodes;

using Auxo.Cli.Registry.Setup;

namespace Auxo.Cli.Tests.Registry;

/// <summary>What is written into the files of package clients, and taken out again.</summary>
public sealed class ClientSetupTests
{
    private static readonly RegistryPlace At = new(new Uri("http://127.0.0.1:8081/"), "npm", "auxo_text");

    public static TheoryData<string> Clients => [.. ClientSetup.All.Select(static c => c.Client)];

    [Theory]
    [MemberData(nameof(Clients))]
    public void what_was_written_is_taken_out_again_and_written_once(string client)
    {
        var setup = ClientSetup.Find(client)!;
        var written = setup.Write("", At);
        Assert.Contains(client == "docker" ? "127.0.0.1:8081" : At.Token, written, StringComparison.Ordinal);
        Assert.Equal(written, setup.Write(written, At));
        Assert.DoesNotContain(At.Token, setup.Undo(written, At), StringComparison.Ordinal);
        Assert.DoesNotContain("8081", setup.Undo(written, At), StringComparison.Ordinal);
    }

    [Fact]
    public void npm_gets_the_registry_and_a_token_for_it_alone()
        => Assert.Equal(
            """
            save-exact=true
            # auxo registry: begin
            registry=http://127.0.0.1:8081/npm/npm/
            //127.0.0.1:8081/npm/npm/:_authToken=auxo_text
            # auxo registry: end

            """, ClientSetup.Find("npm")!.Write("save-exact=true\n", At));

    [Fact]
    public void brew_gets_its_api_and_its_bottles()
        => Assert.Equal(
            """
            HOMEBREW_NO_ANALYTICS=1
            # auxo registry: begin
            HOMEBREW_API_DOMAIN=http://auxo:auxo_text@127.0.0.1:8081/brew/npm/api
            HOMEBREW_ARTIFACT_DOMAIN=http://127.0.0.1:8081/brew/npm/bottles
            HOMEBREW_DOCKER_REGISTRY_TOKEN=auxo_text
            # auxo registry: end

            """, ClientSetup.Find("brew")!.Write("HOMEBREW_NO_ANALYTICS=1\n", At));

    [Fact]
    public void pip_keeps_its_section_and_gets_the_line_below_it()
    {
        const string Before = "[install]\nno-cache = true\n[global]\ntimeout = 60\n";
        var pip = ClientSetup.Find("pip")!;
        var written = pip.Write(Before, At);
        Assert.Equal(
            "[install]\nno-cache = true\n[global]\n# auxo registry: begin\n"
                + "index-url = http://auxo:auxo_text@127.0.0.1:8081/pypi/npm/simple/\n"
                + "# auxo registry: end\ntimeout = 60\n", written);
        Assert.Equal(Before, pip.Undo(written, At));
    }

    [Fact]
    public void docker_keeps_what_else_it_knows()
    {
        var docker = ClientSetup.Find("docker")!;
        var written = docker.Write("""{"credsStore":"pass","auths":{"other.example":{"auth":"x"}}}""", At);
        var config = JsonNode.Parse(written)!;
        Assert.Equal("pass", (string?)config["credsStore"]);
        Assert.Equal("YXV4bzphdXhvX3RleHQ=", (string?)config["auths"]!["127.0.0.1:8081"]!["auth"]);
        Assert.Equal("x", (string?)JsonNode.Parse(docker.Undo(written, At))!["auths"]!["other.example"]!["auth"]);
    }

    [Fact]
    public void nuget_keeps_its_other_sources_and_allows_http_for_this_one()
    {
        var nuget = ClientSetup.Find("nuget")!;
        const string Before =
            """
            <configuration>
              <packageSources><add key="other" value="https://other.example/v3/index.json" /></packageSources>
            </configuration>
            """;
        var written = nuget.Write(Before, At);
        Assert.Contains("allowInsecureConnections=\"true\"", written, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:8081/nuget/npm/v3/index.json", written, StringComparison.Ordinal);
        var undone = nuget.Undo(written, At);
        Assert.Contains("other.example", undone, StringComparison.Ordinal);
        Assert.DoesNotContain("packageSourceCredentials", undone, StringComparison.Ordinal);
    }

    /// <summary>Whatever stands in somebody's file stands there afterwards too.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("one\n")]
    [InlineData("one\n\n\ntwo\n")]
    [InlineData("\n")]
    [InlineData("# auxo registry: end\n")]
    public void a_block_goes_without_a_trace(string text)
        => Assert.Equal(text, MarkedBlock.Without(MarkedBlock.With(text, ["one", "two"])));

    [Fact]
    public void of_a_block_without_its_end_only_the_mark_goes()
        => Assert.Equal("mine\n", MarkedBlock.Without("# auxo registry: begin\nmine\n"));
}
