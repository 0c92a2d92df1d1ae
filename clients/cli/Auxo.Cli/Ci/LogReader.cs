using System.Net;
using System.Net.ServerSentEvents;
using System.Text;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Ci;

/// <summary>Reads a step's log: as it is now, or line by line until its end, through interruptions.</summary>
internal sealed class LogReader(Clients clients, Terminal terminal)
{
    /// <summary>A service that is started again needs a few seconds.</summary>
    private const int MaxRetries = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Writes the bytes that are there; false when the step has written none.</summary>
    public async Task<bool> PrintAsync(Build build, string step, CancellationToken ct)
    {
        HttpResponseMessage response;
        try
        {
            response = await clients.Http("pipeline").GetAsync(Path(build, step, ""), HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (CliException e) when (e.Code == ExitCode.Negative)
        {
            return false;
        }

        using (response)
        {
            if (response.StatusCode == HttpStatusCode.NoContent) return false;
            await using var stream = await response.Content.ReadAsStreamAsync(ct);
            await WriteAsync(stream, ct);
            return true;
        }
    }

    /// <summary>Writes the log while it grows, until its end; after a break it goes on at the byte where it was.</summary>
    public async Task FollowAsync(Build build, string step, CancellationToken ct)
    {
        var offset = "0";
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, Path(build, step, "/events"));
                request.Headers.Accept.Add(new("text/event-stream"));
                if (offset != "0") request.Headers.Add("Last-Event-ID", offset);
                using var response = await clients.Http("pipeline").SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
                await using var stream = await response.Content.ReadAsStreamAsync(ct);
                var parser = SseParser.Create(stream);
                await foreach (var item in parser.EnumerateAsync(ct))
                {
                    attempt = 0;
                    if (item.EventId is { Length: > 0 } id) offset = id;
                    if (item.EventType == "end") return;
                    await terminal.WriteLogAsync(Encoding.UTF8.GetBytes(item.Data), ct);
                }
            }
            catch (Exception e) when (attempt < MaxRetries
                && (e is IOException or HttpRequestException or CliException { Code: ExitCode.Unreachable, InnerException: not null }))
            {
                // The service went away in the middle; what it has on disk it will go on telling.
            }

            if (attempt >= MaxRetries) throw new CliException(
                ExitCode.Unreachable, "The log broke off and did not come back.", $"Later: auxo ci logs {build.Short} --step {step}");
            await Task.Delay(Pause, terminal.Time, ct);
        }
    }

    private static string Path(Build build, string step, string suffix) => $"builds/{build.Id}/logs/{Uri.EscapeDataString(step)}{suffix}";

    private async Task WriteAsync(Stream stream, CancellationToken ct)
    {
        // A terminal's filter must see whole characters and whole escape sequences; so it gets whole lines, as far as that is possible.
        var buffer = new byte[64 << 10];
        var filled = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(filled), ct);
            filled += read;
            var end = read == 0 ? filled : buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
            if (end == 0 && filled == buffer.Length) end = filled;
            await terminal.WriteLogAsync(buffer.AsMemory(0, end), ct);
            buffer.AsSpan(end, filled - end).CopyTo(buffer);
            filled -= end;
            if (read == 0) return;
        }
    }
}
