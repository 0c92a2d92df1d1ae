using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Cli.Tests.Commands;

/// <summary>Chat channels on the command line.</summary>
public sealed class ChatChannelCommandsTests
{
    private const string Answer = """
        {"channel":{"name":"team","kind":"slack","target":"https://hooks.slack.com/…XXXX","enabled":true,"problem":null,
         "pausedUntil":null,"oldSecretUntil":null,"waiting":0,"dead":0,"lastDeliveredAt":null,
         "configuredAt":"2026-11-20T12:00:00Z"},"secret":null}
        """;

    [Theory]
    [InlineData("--slack https://hooks.slack.com/services/T0/B0/x", "slack", "https://hooks.slack.com/services/T0/B0/x")]
    [InlineData("--discord https://discord.com/api/webhooks/1/x", "discord", "https://discord.com/api/webhooks/1/x")]
    [InlineData("--teams https://flow.example/x", "teams", "https://flow.example/x")]
    [InlineData("--ntfy https://ntfy.sh/mytopic", "ntfy", "https://ntfy.sh/mytopic")]
    public async Task a_chat_channel_is_set_by_its_address(string options, string kind, string url)
    {
        await using var auxo = await StartAsync();

        var result = await auxo.RunAsync(["notify", "channels", "set", "team", .. options.Split(' ')]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("try it: auxo notify test team", result.Out, StringComparison.Ordinal);
        Assert.Equal(url, Body(auxo).GetProperty(kind).GetProperty("url").GetString());
        Assert.Single(Body(auxo).EnumerateObject(), static p => p.Value.ValueKind == JsonValueKind.Object);
    }

    [Fact]
    public async Task a_matrix_rooms_token_comes_from_a_file_and_stands_on_no_command_line()
    {
        await using var auxo = await StartAsync();
        var file = Path.Combine(auxo.Home, "token");
        await File.WriteAllTextAsync(file, "syt_abc\n", TestContext.Current.CancellationToken);

        var result = await auxo.RunAsync(
            "notify", "channels", "set", "team", "--matrix", "https://matrix.example.org", "--room", "!ops:example.org",
            "--token-file", file);
        var missing = await auxo.RunAsync("notify", "channels", "set", "team", "--room", "!x:example.org", "--token-file", file + "x");

        Assert.Equal(0, result.ExitCode);
        var matrix = Body(auxo).GetProperty("matrix");
        Assert.Equal(("https://matrix.example.org", "!ops:example.org", "syt_abc"), (
            matrix.GetProperty("url").GetString(), matrix.GetProperty("room").GetString(), matrix.GetProperty("token").GetString()));
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("token file cannot be read", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task who_names_no_kind_reads_all_of_them()
    {
        var result = await CliResult.RunAsync([], ["notify", "channels", "set", "team"]);
        Assert.Equal(2, result.ExitCode);
        foreach (var kind in (string[])["--slack", "Mattermost", "Rocket.Chat", "--discord", "--teams", "--ntfy", "--matrix", "--email",
            "--webhook", "--desktop"]) Assert.Contains(kind, result.Error, StringComparison.Ordinal);
    }

    private static JsonElement Body(FakeAuxo auxo)
        => JsonDocument.Parse(auxo.Requests.Single()["PUT /notify/channels/team ".Length..]).RootElement;

    private static Task<FakeAuxo> StartAsync()
        => FakeAuxo.StartAsync(static app => app.MapPut("/notify/channels/team", static () => FakeAuxo.Json(Answer)));
}
