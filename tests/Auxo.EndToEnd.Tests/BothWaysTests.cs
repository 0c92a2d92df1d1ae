using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.EndToEnd.Tests;

/// <summary>The one model as the supervisor runs it, and as Aspire does.</summary>
public sealed class BothWaysTests
{
    /// <summary>What a service has under Aspire only: telemetry goes to the dashboard, and the orchestrator names itself.</summary>
    private static readonly string[] OnlyUnderAspire =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_HEADERS",
    ];

    private static readonly string[] Programs = [.. KnownServices.Names, "console"];

    /// <summary>The same variables, with values of the run.</summary>
    private static readonly string[] OfTheRun = ["OTEL_RESOURCE_ATTRIBUTES"];

    [Fact]
    public async Task each_service_gets_the_same_environment_both_ways_and_the_nodes_keys_reach_ingest_only()
    {
        await using var auxo = await AuxoInstance.StartAsync(new Dictionary<string, string>
        {
            ["RAD_PASSPHRASE"] = "x", ["SSH_AUTH_SOCK"] = "/agent",
        });
        var supervised = Environments(auxo);
        await auxo.StopAsync();

        await auxo.DevelopAsync();
        var (code, output) = await Backup.AppHostWords.RunAsync(auxo.Home, "status");
        Assert.Equal(0, code);
        Assert.Contains("Its dashboard shows everything: http://127.0.0.1:", output, StringComparison.Ordinal);
        var aspire = Environments(auxo);

        foreach (var service in Programs)
        {
            Assert.Equal(supervised[service].Keys.Order(StringComparer.Ordinal),
                aspire[service].Keys.Except(OnlyUnderAspire).Order(StringComparer.Ordinal));
            foreach (var (name, value) in supervised[service].Where(static v => !OfTheRun.Contains(v.Key)))
                Assert.Equal((name, value), (name, aspire[service][name]));
            Assert.Equal(service == "ingest", aspire[service].ContainsKey("RAD_PASSPHRASE"));
            Assert.Equal(service == "ingest", aspire[service].ContainsKey("SSH_AUTH_SOCK"));
            Assert.Equal(service is "ingest" or "pipeline", aspire[service].ContainsKey("Auxo__Radicle__Storage"));
        }
    }

    [Fact]
    public async Task under_aspire_what_ended_is_started_again_and_nothing_goes_on_when_the_orchestrator_is_killed()
    {
        await using var auxo = AuxoInstance.Create();
        await auxo.DevelopAsync();

        var killed = ProcessOf(auxo, "notify");
        System.Diagnostics.Process.GetProcessById(killed!.Value).Kill();
        await Eventually.TrueAsync(
            () => Task.FromResult(ProcessOf(auxo, "notify") is { } now && now != killed), "notify is started again");
        await auxo.HealthyUnderAspireAsync();

        var orchestrator = auxo.Processes().Single(static p => p.Value.Contains("dcp start-apiserver", StringComparison.Ordinal)).Key;
        System.Diagnostics.Process.GetProcessById(orchestrator).Kill();
        Assert.Equal(1, await auxo.ExitAsync());
        Assert.Contains("orchestrator (dcp) has ended", auxo.Output, StringComparison.Ordinal);
    }

    private static int? ProcessOf(AuxoInstance auxo, string service)
        => auxo.Processes()
            .Where(p => p.Value.EndsWith($"/Auxo.{char.ToUpperInvariant(service[0])}{service[1..]}", StringComparison.Ordinal))
            .Select(static p => (int?)p.Key).SingleOrDefault();

    private static Dictionary<string, Dictionary<string, string>> Environments(AuxoInstance auxo)
        => Programs.ToDictionary(
            static s => s,
            s => File.ReadAllText($"/proc/{ProcessOf(auxo, s)}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Select(static v => v.Split('=', 2)).ToDictionary(static v => v[0], static v => v[1], StringComparer.Ordinal),
            StringComparer.Ordinal);
}
