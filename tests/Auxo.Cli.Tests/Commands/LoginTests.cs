using System.Text.Json.Nodes;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Commands;

/// <summary><c>auxo console login</c>, with keys as <c>rad auth</c> makes them.</summary>
public sealed class LoginTests : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-rad-").FullName;

    private string Key => Path.Combine(_home, "keys", "radicle");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_home, "keys"));
        await MakeKeyAsync("");
    }

    [Fact]
    public async Task the_key_signs_what_the_console_asks_and_a_link_is_printed()
    {
        await using var console = await ConsoleStandIn.StartAsync();
        var result = await LoginAsync(console.Url);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains($"{console.Url}/login/once/code", result.Out, StringComparison.Ordinal);
        Assert.Null(console.Authorization);
        await VerifyAsync(console.Signature!, $"Sign in to Auxo\naddress: {console.Address}\nchallenge: AAAA-_b9\n", "auxo-sign-in");
    }

    [Fact]
    public async Task a_passphrase_comes_from_the_environment()
    {
        await MakeKeyAsync("open sesame");
        await using var console = await ConsoleStandIn.StartAsync();
        Assert.Equal(0, (await LoginAsync(console.Url, ("RAD_PASSPHRASE", "open sesame"))).ExitCode);
        Assert.NotNull(console.Signature);
        var wrong = await LoginAsync(console.Url, ("RAD_PASSPHRASE", "shut sesame"));
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("RAD_PASSPHRASE", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_key_that_cannot_be_read_is_named()
    {
        await File.WriteAllTextAsync(Key, "nothing");
        await File.WriteAllTextAsync(Key + ".pub", "nothing");
        await using var console = await ConsoleStandIn.StartAsync();
        var result = await LoginAsync(console.Url);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{Key} could not be used", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void keys_that_write_nothing_are_no_part_of_a_password()
    {
        var typed = new Queue<ConsoleKeyInfo>(
        [
            Typed('x', ConsoleKey.X), Typed('\b', ConsoleKey.Backspace), Typed('\b', ConsoleKey.Backspace), Typed('a', ConsoleKey.A),
            Typed('\0', ConsoleKey.LeftArrow), Typed('\u001b', ConsoleKey.Escape), Typed('\u0015', ConsoleKey.U),
            Typed('ß', ConsoleKey.NoName), Typed('\r', ConsoleKey.Enter),
        ]);
        Assert.Equal("aß", CliHost.Line(typed.Dequeue));
    }

    [Fact]
    public async Task a_challenge_of_another_host_is_not_signed()
    {
        await using var console = await ConsoleStandIn.StartAsync(address: "ci.example.org");
        var result = await LoginAsync(console.Url);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("ci.example.org", result.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was signed", result.Error, StringComparison.Ordinal);
        Assert.Null(console.Signature);
    }

    [Fact]
    public async Task a_challenge_with_words_in_it_is_not_signed()
    {
        await using var console = await ConsoleStandIn.StartAsync(challenge: "AAAA\\naddress: ci.example.org");
        Assert.Equal(3, (await LoginAsync(console.Url)).ExitCode);
        Assert.Null(console.Signature);
    }

    [Fact]
    public async Task a_refusal_is_said_in_the_consoles_words()
    {
        await using var console = await ConsoleStandIn.StartAsync(refuse: true);
        var result = await LoginAsync(console.Url);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("No person here has the key", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_a_key_or_an_address_it_says_what_to_do()
    {
        await using var console = await ConsoleStandIn.StartAsync();
        Directory.Delete(_home, recursive: true);
        Assert.Contains("rad auth", (await LoginAsync(console.Url)).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await LoginAsync("ftp://ci.example.org")).ExitCode);
        Assert.Equal(2, (await LoginAsync("https://ci.example.org/builds")).ExitCode);
        Directory.CreateDirectory(_home);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_home, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static ConsoleKeyInfo Typed(char character, ConsoleKey key) => new(character, key, shift: false, alt: false, control: false);

    private async Task MakeKeyAsync(string passphrase)
    {
        File.Delete(Key);
        File.Delete(Key + ".pub");
        await Tool.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-a", "1", "-N", passphrase, "-C", "radicle", "-f", Key]);
    }

    private async Task VerifyAsync(string signature, string text, string purpose)
    {
        var (signers, file) = (Path.Combine(_home, "signers"), Path.Combine(_home, "text.sig"));
        await File.WriteAllTextAsync(signers, "me " + await File.ReadAllTextAsync(Key + ".pub"));
        await File.WriteAllTextAsync(file, signature);
        await Tool.RunAsync("ssh-keygen", ["-Y", "verify", "-f", signers, "-I", "me", "-n", purpose, "-s", file], input: text);
    }

    private Task<CliResult> LoginAsync(string url, params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string> { ["RAD_HOME"] = _home, ["AUXO_TOKEN"] = "auxo_not_for_others" };
        foreach (var (name, value) in more) variables[name] = value;
        return CliResult.RunAsync(variables, ["console", "login", "--url", url]);
    }

    /// <summary>A console as the command line sees it.</summary>
    private sealed class ConsoleStandIn(WebApplication app) : IAsyncDisposable
    {
        public string Url => app.Urls.First();

        public string Address => new Uri(Url).Authority;

        public string? Signature { get; private set; }

        public string? Authorization { get; private set; }

        public static async Task<ConsoleStandIn> StartAsync(string? address = null, string challenge = "AAAA-_b9", bool refuse = false)
        {
            var app = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]).Build();
            var console = new ConsoleStandIn(app);
            app.MapPost("/login/challenges", (HttpContext http) =>
            {
                console.Authorization = http.Request.Headers.Authorization;
                return FakeAuxo.Json($$"""
                    {"challenge":"{{challenge}}","address":"{{address ?? http.Request.Host.Value}}","expiresAt":"2026-11-23T12:05:00Z"}
                    """);
            });
            app.MapPost("/login/keys", async (HttpContext http) =>
            {
                if (refuse) return FakeAuxo.Problem(422, "session/unknown-key", "No person here has the key did:key:z6Mk.");
                console.Signature = (string)(await JsonNode.ParseAsync(http.Request.Body))!["signature"]!;
                return FakeAuxo.Json("""{"url":"http://inside:8880/login/once/code"}""");
            });
            await app.StartAsync();
            return console;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
