using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Auxo.Contracts;

using Auxo.Testing;
using Auxo.Testing.Radicle;
using Auxo.Torture.Kills;

namespace Auxo.Torture.Load;

/// <summary>A real instance, the repositories that it follows, and everybody who talks to it or is told by it.</summary>
internal sealed class World : IAsyncDisposable
{
    /// <summary>The raw repository that everybody uploads to.</summary>
    public const string Raw = "torture";

    /// <summary>The repository of images.</summary>
    public const string Images = "images";

    /// <summary>The repository of npm's packages.</summary>
    public const string Packages = "packages";

    /// <summary>The repository whose upstream that one is.</summary>
    public const string Mirrored = "mirrored";

    /// <summary>Deployments and failures are reported for this one; nothing of it is built.</summary>
    public const string Reports = "git:reports-0a1b2c3d";

    private const string Pipeline =
        """
        schedules:
          never: { cron: "0 0 29 2 *" }
        steps:
          - name: hello
            run: bash scripts/hello.sh
          - name: make
            commands: ['mkdir -p out', 'echo "$AUXO_COMMIT" > out/made.txt']
            artifacts: [out/**]
            cache: { key: 'docs/**', paths: out }
          - name: try
            run: test "$(cat out/made.txt)" = "$AUXO_COMMIT"
        """;

    private readonly string _folder;

    private World(AuxoInstance auxo, CrashTokens tokens, Receiver receiver, RadicleLab? lab, string folder)
        => (Auxo, Tokens, Receiver, Lab, _folder) = (auxo, tokens, receiver, lab, folder);

    /// <summary>The instance.</summary>
    public AuxoInstance Auxo { get; }

    /// <summary>Arms crash points.</summary>
    public CrashTokens Tokens { get; }

    /// <summary>Two real nodes; null without.</summary>
    public RadicleLab? Lab { get; }

    /// <summary>The repository on the real nodes.</summary>
    public LabRepository? NodeRepository { get; private set; }

    /// <summary>Repositories in Radicle's storage format, each with its webhook secret.</summary>
    public List<(RadicleStorage Storage, string Secret)> Storages { get; } = [];

    /// <summary>The delegate.</summary>
    public RadicleTestKey Alice { get; } = new("alice");

    /// <summary>A stranger.</summary>
    public RadicleTestKey Bob { get; } = new("bob");

    /// <summary>Who is told.</summary>
    public Receiver Receiver { get; }

    /// <summary>What was sent and acknowledged.</summary>
    public Ledger Ledger { get; } = new();

    /// <summary>By service and <c>apphost</c>, with the administrator's token; they outlive every restart.</summary>
    public Dictionary<string, HttpClient> Clients { get; } = new(StringComparer.Ordinal);

    /// <summary>Makes and starts all of it.</summary>
    public static async Task<World> StartAsync(bool nodes, CancellationToken ct)
    {
        // The steps' unprivileged user must be able to walk through.
        var folder = Directory.CreateTempSubdirectory("auxo-torture-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var lab = nodes ? await RadicleLab.UpAsync(ct, "alice", "bob") : null;
        var tokens = new CrashTokens();
        var world = new World(AuxoInstance.Create(Environment(lab, tokens)), tokens, await Receiver.StartAsync(), lab, folder);
        try
        {
            await world.Auxo.StartAsync();
            await world.SetUpAsync(ct);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>The door of a service.</summary>
    public Door Door(string service) => new(Clients[service], Ledger);

    /// <summary>How the reports are counted; the number changes nothing that counts.</summary>
    public static object Policy(int number) => new { deployments = "Reported", production = (string[])["production", $"place-{number}"] };

    /// <summary>Stops everything and leaves the instance's folder to be looked at; returns it.</summary>
    public async Task<string> KeepAsync()
    {
        await Auxo.StopAsync();
        await Auxo.WaitUntilNothingRunsAsync();
        await EndAsync();
        return Auxo.Home;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Auxo.DisposeAsync();
        await EndAsync();
    }

    private async Task EndAsync()
    {
        if (Lab is not null) await Lab.DisposeAsync();
        foreach (var client in Clients.Values) client.Dispose();
        await Receiver.DisposeAsync();
        Tokens.Dispose();
        Alice.Dispose();
        Bob.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Dictionary<string, string> Environment(RadicleLab? lab, CrashTokens tokens)
    {
        var environment = lab is null
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PATH"] = string.Join(
                    Path.PathSeparator,
                    System.Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
                        .Where(static folder => !File.Exists(Path.Combine(folder, "rad")))),
                ["RAD_HOME"] = "/nonexistent/radicle",
            }
            : new Dictionary<string, string>(lab.Nodes[0].Environment(), StringComparer.Ordinal);
        environment["AUXO_CRASH_AT"] = tokens.Folder;
        environment["Auxo__Egress__Allow"] = "127.0.0.0/8";
        environment["Auxo__Radicle__Jobs"] = "on";
        return environment;
    }

    private async Task SetUpAsync(CancellationToken ct)
    {
        var token = (await File.ReadAllTextAsync(Path.Combine(Auxo.Home, "run", "admin.token"), ct)).Trim();
        foreach (var service in KnownServices.Names.Append("apphost"))
        {
            // No proxy, and a limit: who hangs is asked again, as by any sender.
            var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Auxo.Url(service),
                Timeout = TimeSpan.FromSeconds(15) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            Clients[service] = client;
        }

        await PutAsync("notify", "/channels/ear", new { webhook = new { url = Receiver.Address, secret = Receiver.Secret } }, ct);
        await PutAsync("notify", "/routes/all", new { channels = (string[])["ear"] }, ct);
        await PutAsync("registry", $"/repositories/{Raw}", new { }, ct);
        await PutAsync("registry", $"/repositories/{Images}", new { format = "oci" }, ct);
        await PutAsync("registry", $"/repositories/{Packages}", new { format = "npm", anonymousRead = true }, ct);
        var upstream = new Uri(Auxo.Url("registry"), $"/npm/{Packages}/").AbsoluteUri;
        await PutAsync("registry", $"/repositories/{Mirrored}", new { format = "npm", upstream, cooldownDays = 0 }, ct);
        await PutAsync("metrics", $"/api/repositories/{Uri.EscapeDataString(Reports)}/policy", Policy(0), ct);
        foreach (var name in (string[])["one", "two"])
        {
            var storage = await RadicleStorage.CreateAsync(Path.Combine(_folder, "storage"), name, Alice, SampleRepository.Files(Pipeline));
            Storages.Add((storage, await TrackAsync(storage.Path, ct)));
        }

        if (Lab is null) return;
        NodeRepository = await Lab.CreateRepositoryAsync("real", SampleRepository.Files(Pipeline), ct);
        await TrackAsync(NodeRepository.Rid, ct, "did:key:" + Lab.Nodes[1].Nid);
    }

    private async Task<string> TrackAsync(string location, CancellationToken ct, params string[] trusted)
    {
        using var answer = await Clients["ingest"].PostAsJsonAsync("/repositories", new { location, trusted }, ct);
        var body = await answer.Content.ReadAsStringAsync(ct);
        if (!answer.IsSuccessStatusCode) throw new TortureException($"{location} cannot be followed: {body}");
        return (string?)JsonNode.Parse(body)!["secret"] ?? "";
    }

    private async Task PutAsync(string service, string path, object body, CancellationToken ct)
    {
        using var answer = await Clients[service].PutAsJsonAsync(path, body, ct);
        if (!answer.IsSuccessStatusCode) throw new TortureException($"PUT {path}: {await answer.Content.ReadAsStringAsync(ct)}");
    }
}
