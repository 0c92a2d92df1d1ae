using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>
/// Speaks the Engine API over a Unix socket and "runs" a container as a plain process on the host, its binds replaced by their
/// host paths: enough to test the protocol (order of calls, frames, exit codes, signals), not isolation, which only a real
/// engine has.
/// </summary>
internal sealed class FakeEngine : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Container> _containers = new(StringComparer.Ordinal);

    public FakeEngine(string socket)
    {
        var builder = WebApplication.CreateSlimBuilder(["--Logging:Console:LogLevel:Default=None"]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        _app = builder.Build();
        _app.MapGet("/images/{name}/json", (string name)
            => Images.Contains(Uri.UnescapeDataString(name)) ? Json("""{"Id":"sha256:1"}""") : Error(404, "No such image"));
        _app.MapPost("/images/create", (string fromImage) =>
        {
            Calls.Enqueue($"pull {fromImage}");
            if (fromImage.StartsWith("bad", StringComparison.Ordinal)) return Results.Text(
                "{\"status\":\"Pulling\"}\n{\"errorDetail\":{\"message\":\"manifest unknown\"},\"error\":\"manifest unknown\"}\n");
            Images.Add(fromImage);
            return Results.Text("{\"status\":\"Pulling from x\"}\n{\"status\":\"Status: Downloaded newer image\"}\n");
        });
        _app.MapPost("/containers/create", async (HttpRequest request, string name) =>
        {
            Calls.Enqueue("create");
            if (Refusal is not null) return Error(400, Refusal);
            using var json = await JsonDocument.ParseAsync(request.Body);
            Spec = json.RootElement.Clone();
            _containers[name] = new Container(Spec);
            return Results.Json(new Dictionary<string, string> { ["Id"] = name }, statusCode: 201);
        });
        _app.MapPost("/containers/{id}/attach", async (string id, HttpContext http) =>
        {
            Calls.Enqueue("attach");
            // As the engine does: from here on the connection is the container's output.
            await using var output = await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            await _containers[id].CopyAsync(output);
        });
        _app.MapPost("/containers/{id}/wait", async (string id, HttpContext http) =>
        {
            Calls.Enqueue("wait");
            await http.Response.Body.FlushAsync();
            var code = await _containers[id].Ended.Task;
            await http.Response.WriteAsync($"{{\"StatusCode\":{code}}}");
        });
        _app.MapPost("/containers/{id}/start", (string id) =>
        {
            Calls.Enqueue("start");
            _containers[id].Start();
            return Results.NoContent();
        });
        _app.MapPost("/containers/{id}/kill", (string id, string signal) =>
        {
            Calls.Enqueue("kill " + signal);
            _containers[id].Kill(signal);
            return Results.NoContent();
        });
        _app.MapGet("/containers/{id}/json", (string id) => Json("""{"Config":{"Tty":false},"State":{"OOMKilled":false}}"""));
        _app.MapDelete("/containers/{id}", (string id) =>
        {
            Calls.Enqueue("remove");
            return _containers.TryRemove(id, out _) ? Results.NoContent() : Error(404, "no such container");
        });
    }

    public HashSet<string> Images { get; } = new(StringComparer.Ordinal) { "debian:12" };

    /// <summary>Why no container is made; null when one is.</summary>
    public string? Refusal { get; set; }

    public ConcurrentQueue<string> Calls { get; } = new();

    public JsonElement Spec { get; private set; }

    public Task StartAsync() => _app.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static IResult Json(string text) => Results.Text(text, "application/json");

    private static IResult Error(int status, string message)
        => Results.Json(new Dictionary<string, string> { ["message"] = message }, statusCode: status);

    private sealed class Container(JsonElement spec)
    {
        private readonly TaskCompletionSource<Process> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<int> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Start()
        {
            var binds = spec.GetProperty("HostConfig").GetProperty("Binds")
                .EnumerateArray().Select(static b => b.GetString()!.Split(':')).ToDictionary(static b => b[1], static b => b[0]);
            var files = binds["/run/auxo"];
            var script = File.ReadAllText(Path.Combine(files, "step")).Replace("/run/auxo", files, StringComparison.Ordinal)
                .Replace("'/workspace'", $"'{binds["/workspace"]}'", StringComparison.Ordinal);
            var process = new Process
            {
                StartInfo = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true,
                RedirectStandardError = true, UseShellExecute = false }, EnableRaisingEvents = true,
            };
            process.Start();
            _started.SetResult(process);
        }

        public async Task CopyAsync(Stream frames)
        {
            var process = await _started.Task;
            var gate = new SemaphoreSlim(1, 1);
            await Task.WhenAll(CopyAsync(1, process.StandardOutput.BaseStream), CopyAsync(2, process.StandardError.BaseStream));
            await process.WaitForExitAsync();
            Ended.SetResult(process.ExitCode);

            async Task CopyAsync(byte number, Stream output)
            {
                // Frames of a few bytes, so that readers see them cut anywhere.
                var buffer = new byte[7];
                int read;
                while ((read = await output.ReadAsync(buffer)) > 0)
                {
                    var frame = new byte[8 + read];
                    frame[0] = number;
                    BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)read);
                    buffer.AsSpan(0, read).CopyTo(frame.AsSpan(8));
                    await gate.WaitAsync();
                    await frames.WriteAsync(frame);
                    await frames.FlushAsync();
                    gate.Release();
                }
            }
        }

        public void Kill(string signal)
        {
            using var kill = Process.Start("bash", ["-c", $"kill -{signal[3..]} {_started.Task.Result.Id}"]);
            kill.WaitForExit();
        }
    }
}
