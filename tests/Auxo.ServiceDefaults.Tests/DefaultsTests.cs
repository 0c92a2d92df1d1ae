using System.Diagnostics;
using System.Net;
using System.Text.Json;

using Auxo.Contracts;
using Alba;

using Auxo.ServiceDefaults.Telemetry;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using Npgsql;

namespace Auxo.ServiceDefaults.Tests;

public sealed class DefaultsTests(PostgresFixture postgres)
{
    [Fact]
    public async Task health_and_alive_are_open_and_say_what_was_checked()
    {
        await using var service = await TestService.HostAsync(configure: Use(await postgres.CreateDatabaseAsync()));

        var health = await service.GetAsJson<JsonElement>("/health");

        Assert.Equal("healthy", health.GetProperty("status").GetString());
        Assert.Equal(["self", "database"], health.GetProperty("checks")
            .EnumerateArray().Select(static c => c.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task without_its_database_a_service_is_alive_but_not_healthy()
    {
        await using var service = await TestService.HostAsync(
            configure: Use("Host=127.0.0.1;Port=1;Username=x;Password=hunter2;Timeout=2")); // auxo:allow

        var health = await service.GetAsync("/health", HttpStatusCode.ServiceUnavailable);

        Assert.DoesNotContain("hunter2", await health.ReadAsTextAsync(), StringComparison.Ordinal);
        await service.GetAsync("/alive", HttpStatusCode.OK);
    }

    [Fact]
    public async Task clients_of_the_factory_find_services_by_name()
    {
        await using var pipeline = await TestService.StartAsync(app => app.MapGet("/hello", () => "from pipeline").AllowAnonymous());
        await using var other = await TestService.StartAsync(settings: $"--services:pipeline:http:0={pipeline.Client.BaseAddress}");

        var client = other.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

        Assert.Equal("from pipeline", await client.GetStringAsync(new Uri("http://pipeline/hello")));
        Assert.Equal("from pipeline", await client.GetStringAsync(new Uri("https+http://pipeline/hello")));
        // What is no service's name is an address as it stands.
        Assert.Equal("from pipeline", await client.GetStringAsync(new Uri(pipeline.Client.BaseAddress!, "hello")));
    }

    [Fact]
    public async Task a_trace_id_exists_without_any_exporter_and_follows_the_caller()
    {
        using var source = new ActivitySource("Auxo.DefaultsTests");
        await using var service = await TestService.StartAsync(
            app => app.MapGet("/trace", () => Activity.Current?.TraceId.ToString()).AllowAnonymous());

        using (var activity = source.StartActivity("sweep")) Assert.NotNull(activity);
        var answer = await service.GetAsync(
            "/trace", token: null, ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public void a_log_entry_is_one_line_whatever_it_quotes()
    {
        var writer = new StringWriter();
        var line = new LogLine(new ManualTime());
        var exception = new InvalidOperationException("first\nsecond");
        var time = new ManualTime().GetLocalNow();
        Activity.Current = null;

        line.Write(
            new LogEntry<string>(LogLevel.Warning, "Auxo.Pipeline.Builds", default,
                "title 'x\r\n12:00:00 inf forged\u001b[31m'", exception, static (s, _) => s),
            scopeProvider: null, writer);

        Assert.Equal(
            $"{time:HH:mm:ss} wrn Pipeline.Builds title 'x\\r\\n12:00:00 inf forged\uFFFD[31m'\n    "
                + "System.InvalidOperationException: first\n    second\n", writer.ToString());
    }

    [Theory]
    [InlineData("ingest", 8888)]
    [InlineData("pipeline", 8890)]
    [InlineData("notify", 9000)]
    [InlineData("metrics", 9100)]
    [InlineData("registry", 8081)]
    [InlineData("other", null)]
    public void every_service_has_its_usual_port(string service, int? port) => Assert.Equal(port, KnownServices.UsualPort(service));

    private static Action<WebApplicationBuilder> Use(string connection)
        => builder => builder.Services.AddSingleton(NpgsqlDataSource.Create(connection));
}
