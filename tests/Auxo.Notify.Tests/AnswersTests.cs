using Auxo.Testing;
using Auxo.Testing.Receivers;

namespace Auxo.Notify.Tests;

/// <summary>What the command line asks is answered as it was recorded.</summary>
public sealed class AnswersTests(PostgresFixture postgres)
{
    [Fact]
    public async Task the_command_line_is_answered_as_recorded()
    {
        await using var receiver = await WebhookReceiver.StartAsync(WebhookReceiver.Status(200, "thanks"));
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);
        await host.RouteAsync("all", "team");
        await host.SendAsync(Told.Build());
        var delivery = (string)(await host.DeliveryAsync("delivered"))["id"]!;

        foreach (var (route, path) in ((string, string)[])[
            ("channels", "/channels"), ("routes", "/routes"), ("deliveries", "/deliveries"), ("deliveries/{id}", $"/deliveries/{delivery}"),
            ("recipients", "/recipients?type=build.passed"),
            ("queues", "/queues"), ("describe", "/describe"), ("timeline", $"/timeline?build={Told.Build().Subject.BuildId}")])
            RecordedAnswers.Match("notify", route, await host.GetAsync(path));
    }
}
