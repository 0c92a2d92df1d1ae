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
        // The name of an image may have slashes.
        _app.MapGet("/images/{**rest}", (string rest) =>
        {
            var name = rest[..^"/json".Length];
            return Images.Contains(name) || Images.Contains(name + ":latest")
                ? Json("""{"Id":"sha256:1"}""")
                : Error(404, "No such image");
        });
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
            _containers[name] = new Container(Spec.Clone());
            return Results.Json(new Dictionary<string, string> { ["Id"] = name }, statusCode: 201);
        });
        _app.MapPost("/containers/{id}/attach", async (string id, HttpContext http) =>
        {
            Calls.Enqueue("attach");
            // As the engine does: from here on the connection is the container's output.
            await using var output = await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            await _containers[id].ConnectAsync(output);
        });
        _app.MapPost("/containers/{id}/exec", (string id) =>
        {
            Calls.Enqueue("exec");
            return Results.Json(new Dictionary<string, string> { ["Id"] = id }, statusCode: 201);
        });
        _app.MapPost("/exec/{id}/start", async (string id, HttpContext http) =>
        {
            // The only thing that is asked: SIGTERM to all of the step.
            _containers[id].Kill("TERM");
            await using var output = await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
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
            _containers[id].Kill(signal[3..]);
            return Results.NoContent();
        });
        _app.MapGet("/containers/{id}/json", (string id)
            => Json("""{"Config":{"Tty":false},"State":{"OOMKilled":false,"Running":true}}"""));
        _app.MapGet("/containers/json", (string filters) =>
        {
            Calls.Enqueue("list " + filters);
            return Json("[" + string.Join(',', _containers.Keys.Select(static id => $$"""{"Id":"{{id}}"}""")) + "]");
        });
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
            var process = new Process
            {
                StartInfo = new ProcessStartInfo("/bin/sh", ["-c", Inside(spec.GetProperty("Entrypoint")[2].GetString()!)])
                {
                    RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
                },
                EnableRaisingEvents = true,
            };
            process.Start();
            _started.SetResult(process);
        }

        /// <summary>What the client writes is the container's input, and its output is frames.</summary>
        public async Task ConnectAsync(Stream connection)
        {
            var process = await _started.Task;
            _ = FeedAsync(connection, process.StandardInput);
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
                    await connection.WriteAsync(frame);
                    await connection.FlushAsync();
                    gate.Release();
                }
            }
        }

        /// <summary>To the process only: a plain process has no namespace that would hold a signal in.</summary>
        public void Kill(string signal)
        {
            using var kill = Process.Start("bash", ["-c", $"pkill -{signal} -P {_started.Task.Result.Id}; "
                + $"[ {signal} = TERM ] || kill -{signal} {_started.Task.Result.Id}"]);
            kill.WaitForExit();
        }

        /// <summary>The script is there when the first line comes: its places are changed then, too.</summary>
        private async Task FeedAsync(Stream connection, StreamWriter input)
        {
            var buffer = new byte[256];
            try
            {
                int read;
                while ((read = await connection.ReadAsync(buffer)) > 0)
                {
                    var script = Path.Combine(Mounted("/run/auxo"), "step");
                    await File.WriteAllTextAsync(script, Inside(await File.ReadAllTextAsync(script)));
                    await input.BaseStream.WriteAsync(buffer.AsMemory(0, read));
                    await input.BaseStream.FlushAsync();
                }
            }
            catch (IOException)
            {
                // The client or the container has gone.
            }
        }

        private string Inside(string text)
            => text.Replace("/run/auxo", Mounted("/run/auxo"), StringComparison.Ordinal)
                .Replace("'/workspace'", $"'{Mounted("/workspace")}'", StringComparison.Ordinal);

        private string Mounted(string target)
            => spec.GetProperty("HostConfig").GetProperty("Mounts").EnumerateArray()
                .Single(mount => mount.GetProperty("Target").GetString() == target).GetProperty("Source").GetString()!;
    }
}
