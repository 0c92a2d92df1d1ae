namespace Auxo.Benchmarks.Registry.Images;

/// <summary>The registry of docker (Distribution) with files, open to everybody, no log.</summary>
internal static class DockerRegistrySide
{
    /// <summary>Starts one; null where there is none.</summary>
    public static async Task<PeerServer?> StartAsync(BenchmarkContext context, CancellationToken ct)
    {
        if (PeerServer.Find("docker-registry") is { } program)
            return await PeerServer.StartAsync(program, Configuration, static (_, file) => ["serve", file], ct);
        context.Miss("no docker-registry to compare with (Debian: apt install docker-registry)");
        return null;
    }

    private static string Configuration(string folder, int port) => $$"""
        version: 0.1
        log: { level: error, accesslog: { disabled: true } }
        storage:
          cache: { blobdescriptor: inmemory }
          filesystem: { rootdirectory: {{folder}}/storage }
        http: { addr: "127.0.0.1:{{port}}" }
        """;
}
