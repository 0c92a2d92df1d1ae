using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Cli.Tests.Commands;

public sealed class SettingsTests
{
    private const string Days = """
        {"variable":"Auxo__Keep__Days","about":"kept","meaning":"how long logs stay","value":"30","isSet":true}
        """;

    private const string Url = """
        {"variable":"Auxo__PublicUrl","about":"network","meaning":"what links begin with","value":"none","isSet":false}
        """;

    [Fact]
    public async Task what_counts_is_shown_once_though_several_services_read_it()
    {
        await using var auxo = await FakeAuxo.StartAsync(Map);
        var result = await auxo.RunAsync("settings");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Auxo__Keep__Days  30\n                  how long logs stay\n", result.Out, StringComparison.Ordinal);
        Assert.Single(result.Out.Split('\n'), static line => line.Contains("Auxo__PublicUrl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task what_was_not_chosen_can_be_left_out()
    {
        await using var auxo = await FakeAuxo.StartAsync(Map);
        var result = await auxo.RunAsync("settings", "--set");
        Assert.Contains("Auxo__Keep__Days", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Auxo__PublicUrl", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_service_that_is_away_is_named()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app
            => app.MapGet("/pipeline/settings", static () => FakeAuxo.Page(Days)));
        var result = await auxo.RunAsync("settings");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Auxo__Keep__Days", result.Out, StringComparison.Ordinal);
        Assert.Contains("ingest: ", result.Out, StringComparison.Ordinal);
    }

    private static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/pipeline/settings", static () => FakeAuxo.Page(Days, Url));
        app.MapGet("/ingest/settings", static () => FakeAuxo.Page(Url));
        app.MapGet("/notify/settings", static () => FakeAuxo.Page());
        app.MapGet("/metrics/settings", static () => FakeAuxo.Page());
        app.MapGet("/registry/settings", static () => FakeAuxo.Page(Url));
    }
}
