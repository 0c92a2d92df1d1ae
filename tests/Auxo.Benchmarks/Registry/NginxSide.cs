using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

using Auxo.Benchmarks.Measuring;
using Auxo.Instances;
using Auxo.Testing;

namespace Auxo.Benchmarks.Registry;

/// <summary>
/// nginx as one sets it up to serve files fast, with a configuration and a folder of its own: sendfile, cached handles, no log,
/// a worker per core, PUT.
/// </summary>
internal sealed class NginxSide : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly ChildProcess _process;
    private readonly ReservedPort _port;

    private NginxSide(DirectoryInfo folder, ChildProcess process, ReservedPort port)
        => (_folder, _process, _port, Address) = (folder, process, port, new Uri($"http://127.0.0.1:{port.Number}"));

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its first process, the parent of its workers.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What it serves.</summary>
    public string Files => Path.Combine(_folder.FullName, "files");

    /// <summary>Starts one; null where there is no nginx.</summary>
    public static async Task<NginxSide?> StartAsync(BenchmarkContext context, CancellationToken ct)
    {
        // Debian keeps it where only root's PATH looks.
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':').Append("/usr/sbin").Select(static folder => Path.Combine(folder, "nginx")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            context.Miss("no nginx to compare with (Debian: apt install nginx-light)");
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("auxo-nginx-");
        foreach (var name in (string[])["files", "bodies", "logs"]) folder.CreateSubdirectory(name);
        var port = ReservedPort.Take();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "nginx.conf"), Configuration(folder.FullName, port.Number), ct);
        var said = new List<string>();
        var process = ChildProcess.Start(
            new ChildProcessStart(program, ["-p", folder.FullName, "-c", Path.Combine(folder.FullName, "nginx.conf")])
            {
                OnLine = said.Add,
            });
        var side = new NginxSide(folder, process, port);
        try
        {
            await Poll.UntilAsync(
                async () => process.Exited.IsCompleted
                    ? throw new InvalidOperationException($"nginx ended: {string.Join(' ', said)}")
                    : await ListensAsync(port.Number, ct), "nginx listens", ct, 20);
            return side;
        }
        catch
        {
            await side.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync(PosixSignal.SIGTERM, TimeSpan.FromSeconds(10));
        _process.Dispose();
        _port.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Configuration(string folder, int port) => $$"""
        daemon off;
        worker_processes auto;
        pid {{folder}}/pid;
        error_log stderr;
        {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
        events { worker_connections 256; }
        http {
            access_log off;
            types { text/html html; text/css css; text/javascript js; image/svg+xml svg; }
            sendfile on;
            tcp_nopush on;
            tcp_nodelay on;
            keepalive_requests 1000000000;
            open_file_cache max=1000;
            client_max_body_size 0;
            client_body_temp_path {{folder}}/bodies;
            proxy_temp_path {{folder}}/bodies;
            fastcgi_temp_path {{folder}}/bodies;
            uwsgi_temp_path {{folder}}/bodies;
            scgi_temp_path {{folder}}/bodies;
            server {
                listen 127.0.0.1:{{port}};
                location / { root {{folder}}/files; dav_methods PUT; }
            }
        }
        """;

    private static async Task<bool?> ListensAsync(int port, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), ct);
            return true;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
