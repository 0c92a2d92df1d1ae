using System.Text.Json.Nodes;

using Auxo.EventStore;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Auxo.Messaging.Tests;

public sealed class MessagingEndpointsTests(PostgresFixture postgres)
{
    [Fact]
    public async Task a_service_shows_its_handlers_its_queue_and_its_dead_letters_and_replays_them()
    {
        var database = await postgres.DatabaseAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:auxo", database)]);
        builder.Services.AddSingleton<Probe>().AddEventStore(o => o.DatabaseSchemaName = "tests");
        builder.Services.AddMessaging("tests", typeof(PostgresFixture).Assembly, o =>
        {
            o.MapMessages(TestJson.Default, typeof(Work), typeof(Worked));
            o.AddHandler(typeof(WorkHandler));
            o.Policies.OnException<InvalidOperationException>().MoveToErrorQueue();
        });
        await using var app = builder.Build();
        app.MapMessaging();
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        app.Services.GetRequiredService<Probe>().OnHandling = _ => throw new InvalidOperationException("not today");
        await app.TrackActivityAsync(() => app.Bus().SendAsync(new Work("a"), CancellationToken.None));

        var handler = (await GetAsync(http, "describe"))["handlers"]![0]!;
        Assert.Equal(("work", "WorkHandler.HandleAsync", "tests"), (
            (string?)handler["message"], (string?)handler["handler"], (string?)handler["queue"]));
        var queue = (await GetAsync(http, "queues"))["items"]![0]!;
        Assert.Equal(("tests", 0, 1), ((string?)queue["queue"], (int?)queue["ready"], (int?)queue["deadLetters"]));
        var letter = (await GetAsync(http, "dead-letters"))["items"]![0]!;
        Assert.Equal(("work", "InvalidOperationException"), ((string?)letter["messageType"], (string?)letter["reason"]));

        app.Services.GetRequiredService<Probe>().OnHandling = _ => Task.CompletedTask;
        await app.TrackActivityAsync(async () =>
        {
            using var answer = await http.PostAsync(new Uri($"dead-letters/replay?id={letter["id"]}", UriKind.Relative), content: null);
            Assert.Equal("""{"count":1}""", await answer.Content.ReadAsStringAsync());
        });
        Assert.Equal(["a"], await TestService.EffectsAsync(database));
        await app.StopAsync();
    }

    private static async Task<JsonNode> GetAsync(HttpClient http, string path)
        => JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)))!;
}
