using System.Text.Json;

namespace Auxo.Cli.Monitoring;

/// <summary>What the three programs answer over HTTP on this machine.</summary>
internal sealed class ProgramAnswers(MonitoringPlace place) : IDisposable
{
    /// <summary>Whether the job of Auxo's own page is seen.</summary>
    private const string SeesAuxo = "up{job=\"radicle\"} == 1";

    /// <summary>How many series of it came.</summary>
    private const string Values = "count({job=\"radicle\",__name__=~\"radicle_.+\"})";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>True when that program answers on its port, whoever started it.</summary>
    public async Task<bool> IsThereAsync(string name, CancellationToken ct)
    {
        var (path, says) = name switch
        {
            "prometheus" => ("api/v1/status/buildinfo", "\"revision\""),
            "alertmanager" => ("api/v2/status", "\"versionInfo\""),
            _ => ("api/health", "\"database\""),
        };
        return await TextAsync(new Uri(place.Address(name), path), ct) is { } text && text.Contains(says, StringComparison.Ordinal);
    }

    /// <summary>How many series of Auxo's page Prometheus has; 0 when it does not see it.</summary>
    public async Task<long> SeriesAsync(CancellationToken ct)
        => await QueryAsync(SeesAuxo, ct) is null ? 0 : long.TryParse(await QueryAsync(Values, ct), out var count) ? count : 0;

    /// <summary>What Prometheus says of the pages that it tried to read and could not, one line each.</summary>
    public async Task<IReadOnlyList<string>> TroubleAsync(CancellationToken ct)
    {
        if (await TextAsync(new Uri(place.Address("prometheus"), "api/v1/targets?state=active"), ct) is not { } text) return [];
        try
        {
            using var answer = JsonDocument.Parse(text);
            return [.. answer.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray()
                .Where(static target => target.GetProperty("health").GetString() == "down")
                .Select(static target
                    => $"{target.GetProperty("scrapePool").GetString()}: {target.GetProperty("lastError").GetString()}")];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The value of the first series; null when there is none, or nobody answers as Prometheus does.</summary>
    private async Task<string?> QueryAsync(string query, CancellationToken ct)
    {
        var address = new Uri(place.Address("prometheus"), "api/v1/query?query=" + Uri.EscapeDataString(query));
        if (await TextAsync(address, ct) is not { } text) return null;
        try
        {
            using var answer = JsonDocument.Parse(text);
            return answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                .Select(static one => one.GetProperty("value")[1].GetString()).FirstOrDefault();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private async Task<string?> TextAsync(Uri address, CancellationToken ct)
    {
        try
        {
            using var answer = await _http.GetAsync(address, ct);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(ct) : null;
        }
        catch (Exception e) when (e is HttpRequestException || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
