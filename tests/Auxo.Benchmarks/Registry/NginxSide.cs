namespace Auxo.Benchmarks.Registry;

/// <summary>
/// nginx as one sets it up to serve files fast, with a configuration and a folder of its own: sendfile, cached handles, no log,
/// a worker per core, PUT. Below <c>/v2/</c> the files are an image's, with the headers that a client of images wants.
/// </summary>
internal sealed class NginxSide : IAsyncDisposable
{
    private readonly PeerServer _server;

    private NginxSide(PeerServer server) => _server = server;

    /// <summary>Where it listens.</summary>
    public Uri Address => _server.Address;

    /// <summary>Its first process, the parent of its workers.</summary>
    public int ProcessId => _server.ProcessId;

    /// <summary>What it serves.</summary>
    public string Files => Path.Combine(_server.Folder, "files");

    /// <summary>Starts one; null where there is no nginx.</summary>
    public static async Task<NginxSide?> StartAsync(BenchmarkContext context, CancellationToken ct)
    {
        if (PeerServer.Find("nginx") is not { } program)
        {
            context.Miss("no nginx to compare with (Debian: apt install nginx-light)");
            return null;
        }

        return new NginxSide(await PeerServer.StartAsync(program, Configuration, static (folder, file) => ["-p", folder, "-c", file], ct));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Configuration(string folder, int port)
    {
        foreach (var name in (string[])["files", "bodies", "logs"]) Directory.CreateDirectory(Path.Combine(folder, name));
        return $$"""
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
                    location = /v2/ { return 200; }
                    location ~ ^/v2/.*/manifests/ {
                        root {{folder}}/files; types { } default_type application/vnd.oci.image.manifest.v1+json;
                    }
                    location ~ ^/v2/.*/blobs/ { root {{folder}}/files; types { } default_type application/octet-stream; }
                }
            }
            """;
    }
}
