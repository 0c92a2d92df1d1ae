using Auxo.Ingest.Jobs;
using Auxo.Ingest.Listening;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Doctor;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Ingest.Doctor;

/// <summary>
/// <c>GET /diagnosis</c>, and <c>Auxo.Ingest diagnose</c>: the Radicle profile, node, programs and key, and while the service
/// runs also what it follows, the database's clock and what it has heard of the node's.
/// </summary>
public static class DiagnoseNode
{
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    /// <summary>Maps the route.</summary>
    public static void MapDiagnoseNode(this IEndpointRouteBuilder app)
        => app.MapGet("/diagnosis", HandleAsync).WithName("DiagnoseIngest").RequireScope(IngestScopes.Read);

    /// <summary>What can be said without the service.</summary>
    public static async Task<IReadOnlyList<Diagnosis>> LookAsync(Func<string, string?> variable, TimeProvider time, CancellationToken ct)
    {
        switch (await RadicleHome.FindOwnAsync(variable, ct))
        {
            case RadicleHomeSearch.Absent absent:
                return [new Diagnosis("profile", Health.Warning,
                    $"{absent.Reason} Until then Auxo builds git repositories and answers webhooks only.",
                    "https://radicle.xyz/install, then: rad auth")];
            case RadicleHomeSearch.Refused refused:
                return [new Diagnosis("profile", Health.Trouble, refused.Reason, "run ./auxo as the user who runs the node")];
            case RadicleHomeSearch.Found found:
                var access = new RadKeyAccess(variable("Auxo__Radicle__PassphraseFile") is { Length: > 0 } file ? file : null);
                return
                [
                    new Diagnosis("profile", Health.Fine, found.Home.Path), await NodeAsync(found.Home, time, ct),
                    await ProgramsAsync(variable("PATH"), ct),
                    Jobs(found.Home, JobSettings.Parse(variable(JobSettings.Name)), variable("PATH")),
                    await DiagnoseKey.LookAsync(found.Home, access, variable, ct),
                ];
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static async Task<Ok<DiagnosisAnswer>> HandleAsync(
        NodeEnvironment environment, NodeWatch node, KnownRepositories known, RepositoryFolders folders,
        Observer observer, NpgsqlDataSource source, TimeProvider time, CancellationToken ct)
    {
        List<Diagnosis> found = [.. await LookAsync(environment.Variable, time, ct),
            .. await RepositoriesAsync(environment, known, folders, observer, ct), await ClockAsync(source, time, ct)];
        if (DiagnoseClocks.Tell(node.Clocks.Read()) is { } clocks) found.Add(clocks);
        return TypedResults.Ok(new DiagnosisAnswer(found));
    }

    private static async Task<Diagnosis> NodeAsync(RadicleHome home, TimeProvider time, CancellationToken ct)
    {
        try
        {
            var control = new NodeControl(home.Socket, time) { Patience = TimeSpan.FromSeconds(2) };
            var nid = await control.NodeIdAsync(ct);
            var sessions = await control.SessionsAsync(ct);
            var connected = sessions.Count(static s => s.Connected);
            var text =
                $"runs as {nid.Value.Replace("did:key:", "", StringComparison.Ordinal)}, connected to {connected} of "
                    + $"{sessions.Count} known peers";
            return connected > 0
                ? new Diagnosis("node", Health.Fine, text)
                : new Diagnosis("node", Health.Warning, text
                    + "; comments and patches stay on this machine until it meets one", "rad node connect NID@ADDRESS");
        }
        catch (Exception e) when (e is NodeException or IOException or System.Net.Sockets.SocketException)
        {
            return new Diagnosis(
                "node", Health.Trouble, File.Exists(home.Socket)
                    ? $"there is a socket at {home.Socket}, but nothing answers: {e.Message}"
                    : $"does not run (there is no {home.Socket}); pushes are found by the sweep only, comments wait",
                "rad node start");
        }
    }

    private static async Task<Diagnosis> ProgramsAsync(string? search, CancellationToken ct)
    {
        if (RadProgram.Find("rad", search) is not { } rad) return new Diagnosis(
            "rad", Health.Trouble, "the program rad is not on PATH, so no comment can be written; they wait in the outbox",
            "put its folder on PATH (often ~/.radicle/bin) and restart: ./auxo down; ./auxo up --detach");
        return new Diagnosis("rad", Health.Fine, $"{await Diagnose.FirstLineAsync(rad, ["--version"], ct) ?? "installed"} at {rad}");
    }

    /// <summary>Nobody needs jobs, so it is no fault when none are written.</summary>
    private static Diagnosis Jobs(RadicleHome home, JobSettings settings, string? search) => new(
        "jobs", Health.Fine,
        !settings.AreWanted ? $"ends of builds are not written as jobs of Radicle ({JobSettings.Name}=off)"
        : PrivateKeyFile.IsOpen(home.Key) ? "ends of builds are written as jobs of Radicle"
        : !settings.ByProgram
            ? $"the key has a passphrase: ends of builds are not written as jobs of Radicle ({JobSettings.Name}=on: by rad-job)"
        : RadProgram.Find(JobWriter.Program, search) is { } program ? $"{program} writes ends of builds as jobs of Radicle"
        : $"{JobWriter.Program} is not on PATH: ends of builds are not written as jobs of Radicle");

    private static async Task<IReadOnlyList<Diagnosis>> RepositoriesAsync(
        NodeEnvironment environment, KnownRepositories known, RepositoryFolders folders, Observer observer, CancellationToken ct)
    {
        var found = new List<Diagnosis>();
        var tracked = await known.TrackedAsync(ct);
        if (tracked.Count == 0) return [new Diagnosis(
            "tracked", Health.Warning, "no repository is followed yet", "auxo repo track rad:z…   (or the folder of a git repository)")];
        foreach (var r in tracked)
        {
            var name = $"repo {r.Name}";
            var folder = folders.FolderOf(r.Source);
            if (!Directory.Exists(folder)) found.Add(new Diagnosis(
                name, Health.Trouble, $"its storage {folder} is gone",
                (r.Kind == RepositoryKind.Radicle ? $"rad clone {r.Rid}" : "put it back") + $", or: auxo repo untrack {r.Rid}"));
            else if (observer.Find(r.Rid)?.Failure is { } failure) found.Add(
                new Diagnosis(name, Health.Trouble, $"cannot be read: {failure}", "auxo status"));
            else if (r.Kind == RepositoryKind.Radicle && environment.Variable("PATH") is { } path && RadProgram.Find("rad", path) is { } rad
                && await PolicyAsync(rad, environment, r, ct) is { } policy) found.Add(policy with { Name = name });
            else found.Add(new Diagnosis(name, Health.Fine, folder));
        }

        return found;
    }

    /// <summary>What <c>rad seed</c> says of a repository; null when it does not say it in words we know.</summary>
    private static async Task<Diagnosis?> PolicyAsync(string rad, NodeEnvironment environment, Repository repository, CancellationToken ct)
    {
        var variables = new[] { "RAD_HOME", "RAD_SOCKET", "HOME" }.Where(n => environment.Variable(n) is { Length: > 0 })
            .ToDictionary(static n => n, n => environment.Variable(n)!, StringComparer.Ordinal);
        if (await AllLinesAsync(rad, ["seed"], variables, ct) is not { } table) return null;
        var row = table.FirstOrDefault(l => l.Contains(repository.Rid.Value, StringComparison.Ordinal));
        if (row is null) return new Diagnosis(
            "", Health.Warning, "the node does not seed it, so others' patches do not arrive", $"rad seed {repository.Rid} --scope all");
        return row.Contains("followed", StringComparison.Ordinal)
            ? new Diagnosis("", Health.Warning,
                "seeded with scope 'followed': patches of people whom the node does not follow do not arrive",
                $"rad seed {repository.Rid} --scope all   (or: rad follow NID)")
            : new Diagnosis("", Health.Fine, "seeded by the node with scope 'all'");
    }

    private static async Task<IReadOnlyList<string>?> AllLinesAsync(
        string program, IReadOnlyList<string> arguments, Dictionary<string, string> environment, CancellationToken ct)
        => await Diagnose.OutputAsync(program, arguments, ct, environment) is { } text ? text.Split('\n') : null;

    private static async Task<Diagnosis> ClockAsync(NpgsqlDataSource source, TimeProvider time, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select clock_timestamp()");
        var before = time.GetUtcNow();
        var theirs = (DateTime)(await command.ExecuteScalarAsync(ct))!;
        var difference = new DateTimeOffset(theirs, TimeSpan.Zero) - before;
        return difference.Duration() < ClockTolerance
            ? new Diagnosis("clock", Health.Fine, $"the database's clock and ours differ by {Math.Abs(difference.TotalMilliseconds):0} ms")
            : new Diagnosis("clock", Health.Trouble,
                $"the database's clock is {difference.TotalSeconds:0.0} s "
                    + $"{(difference > TimeSpan.Zero ? "ahead of" : "behind")} ours: due times and ages are wrong by "
                    + "that much", "let both machines keep time: sudo timedatectl set-ntp true");
    }
}
