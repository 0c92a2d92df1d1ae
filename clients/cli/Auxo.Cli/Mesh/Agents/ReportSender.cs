using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

using Auxo.Api;
using Auxo.Contracts.Mesh;

namespace Auxo.Cli.Mesh.Agents;

/// <summary>Brings reports to Auxo.</summary>
internal sealed class ReportSender : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _address;

    public ReportSender(AgentFile file)
    {
        _address = file.Url;
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = false })
        {
            BaseAddress = new Uri(file.Url.AbsoluteUri.TrimEnd('/') + "/"), Timeout = TimeSpan.FromSeconds(30),
            MaxResponseContentBufferSize = 1 << 20,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", file.Token);
        _http.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("auxo-agent", typeof(ReportSender).Assembly.GetName().Version?.ToString(3)));
    }

    /// <exception cref="CliException">Auxo is away, refuses the token, or does not take the report.</exception>
    public async Task<ReportTaken> SendAsync(NodeReport report, CancellationToken ct)
    {
        try
        {
            using var answer = await _http.PutAsJsonAsync("api/mesh/report", ReportSize.Fit(report), ReportSize.Json, ct);
            var text = await answer.Content.ReadAsStringAsync(ct);
            if (!answer.IsSuccessStatusCode) throw Refused(answer, ApiProblem.Read(text));
            return JsonSerializer.Deserialize<ReportTaken>(text, ApiJson.Options) ?? throw new JsonException("The answer is null.");
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            throw Away((e.InnerException ?? e).Message, e);
        }
        catch (JsonException e)
        {
            throw Away("something else than Auxo answers there", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Away("there was no answer within 30 s", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private CliException Refused(HttpResponseMessage answer, ApiProblem? problem) => answer.StatusCode switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new CliException(
            ExitCode.Unreachable, $"Auxo at {Where} does not take the token of this node.",
            "'auxo agent token NAME' on the main machine makes a new one; then 'auxo agent join' here."),
        >= HttpStatusCode.InternalServerError => Away(problem?.Detail ?? $"it answers {(int)answer.StatusCode}", inner: null),
        _ => new CliException(
            ExitCode.Negative, problem?.Detail ?? $"Auxo at {Where} does not take the report: {(int)answer.StatusCode}.",
            problem is null ? "Is that the address of metrics (port 9100)?" : null),
    };

    private CliException Away(string why, Exception? inner) => new(
        ExitCode.Unreachable, $"Auxo does not take reports at {Where}: {why}.",
        "On the main machine, 'auxo status' shows what runs.", inner);

    private string Where => _address.GetLeftPart(UriPartial.Authority);
}
