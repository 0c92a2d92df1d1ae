using System.Collections.Concurrent;
using System.Text;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Auxo.ServiceDefaults.Tests;

/// <summary>Alone, since the exporter is configured by the environment of the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class OtlpTests
{
    [Fact]
    public async Task traces_metrics_and_logs_reach_a_collector_when_one_is_named()
    {
        var received = new ConcurrentDictionary<string, string>();
        var complete = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var collector = await StartCollectorAsync((path, text) =>
        {
            received.AddOrUpdate(path, text, (_, before) => before + text);
            if (received.GetValueOrDefault("/v1/traces", "").Contains("/hello", StringComparison.Ordinal)
                && received.ContainsKey("/v1/metrics")
                && received.GetValueOrDefault("/v1/logs", "").Contains("said hello", StringComparison.Ordinal)) complete.TrySetResult();
        });
        using var variables = new Variables(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.First()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"), ("OTEL_BLRP_SCHEDULE_DELAY", "50"));

        await using (var service = await TestService.StartAsync(
            app => app.MapGet("/hello", (ILogger<OtlpTests> logger) => logger.LogInformation("said hello")).AllowAnonymous()))
        {
            (await service.GetAsync("/alive")).EnsureSuccessStatusCode();
            (await service.GetAsync("/hello")).EnsureSuccessStatusCode();
            await complete.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }

        Assert.Contains("service.name", received["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("pipeline", received["/v1/traces"], StringComparison.Ordinal);
        Assert.DoesNotContain("/alive", received["/v1/traces"], StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartCollectorAsync(Action<string, string> receive)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]);
        var app = builder.Build();
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            receive(http.Request.Path, Encoding.Latin1.GetString(body.ToArray()));
            http.Response.ContentType = "application/x-protobuf";
        });
        await app.StartAsync();
        return app;
    }

    private sealed class Variables : IDisposable
    {
        private readonly (string Name, string Value)[] _variables;

        public Variables(params (string Name, string Value)[] variables)
        {
            _variables = variables;
            foreach (var (name, value) in variables) Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose()
        {
            foreach (var (name, _) in _variables) Environment.SetEnvironmentVariable(name, value: null);
        }
    }
}
