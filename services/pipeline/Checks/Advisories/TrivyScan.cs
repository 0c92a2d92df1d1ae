using System.Globalization;
using System.Text.Json;

using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Checks.Locks;

namespace Auxo.Pipeline.Checks.Advisories;

/// <summary>Trivy, where it is installed and has a database.</summary>
/// <param name="Program">Its path.</param>
/// <param name="Database">The folder of its database.</param>
/// <param name="UpdatedAt">When the database was made.</param>
internal sealed record Trivy(string Program, string Database, DateTimeOffset UpdatedAt)
{
    /// <summary>What fetches a newer database.</summary>
    public const string Update = "'trivy image --download-db-only'";

    /// <summary>Why it cannot be used where it is not there.</summary>
    public const string NotInstalled = "trivy is not installed";

    /// <summary>Without both it asks its makers for a newer version, and tells them that it runs here.</summary>
    public static readonly IReadOnlyList<string> Silent = ["--skip-version-check", "--disable-telemetry"];

    /// <summary>Looks for it.</summary>
    /// <returns>Trivy, or why it cannot be used.</returns>
    public static async Task<(Trivy? Found, string Why)> FindAsync(AdvisorySources sources, CancellationToken ct)
    {
        if (ToolProcess.Find("trivy", sources.SearchPath) is not { } program) return (null, NotInstalled);
        var database = Path.Combine(sources.TrivyCache ?? "", "db");
        try
        {
            using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(database, "metadata.json"), ct));
            if (json.RootElement.GetProperty(nameof(UpdatedAt)).TryGetDateTimeOffset(out var updated))
                return (new Trivy(program, database, updated), "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException
            or InvalidOperationException)
        {
            // There is none, or it is damaged.
        }

        return (null, $"trivy has no database; get one with {Update}");
    }

    /// <summary>Runs it, and reads what it found by target.</summary>
    /// <exception cref="TimeoutException">It needs too long.</exception>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<Observation>>> RunAsync(
        IReadOnlyList<string> arguments, string folder, TimeSpan limit, CancellationToken ct,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var exit = await ToolProcess.RunAsync(Program, arguments, folder, limit, ct, environment);
        if (exit.Code != 0)
            throw new InvalidOperationException($"trivy ended with exit code {exit.Code}: {PlainText.OneLine(exit.Errors)}");
        try
        {
            return TrivyScan.Read(exit.Output);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"trivy printed something else than its JSON: {PlainText.OneLine(exit.Errors)}", e);
        }
    }

    /// <summary>A finding when the database is old; none when it is not.</summary>
    public IEnumerable<Observation> Age(TimeProvider time)
        => time.GetUtcNow() - UpdatedAt <= KnownAnswers.MostAge
            ? []
            :
            [
                Dependencies.Old(
                    "trivy", $"trivy's database is of {Dependencies.Date(UpdatedAt)} and knows nothing newer; renew it with {Update}"),
            ];
}

/// <summary>Asks Trivy about lock files, which are written out of git for it; all of them in one process.</summary>
internal sealed class TrivyScan(Trivy trivy, SourceTree tree, VerdictCache cache)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string[] Arguments =
    [
        "fs", "--scanners", "vuln", "--format", "json", "--list-all-pkgs", "--include-dev-deps", "--offline-scan", "--skip-db-update",
        "--skip-java-db-update", .. Trivy.Silent, "--quiet", "--cache-dir", "../cache", ".",
    ];

    /// <summary>What it says of each file, or of a file that it could not judge, why.</summary>
    /// <exception cref="TimeoutException">It needs too long.</exception>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<IReadOnlyList<Observation>> RunAsync(IReadOnlyList<LockFile> files, CancellationToken ct)
    {
        var fresh = files.Where(file => !cache.TryGet(file.Entry.Oid, Ruling(file), out _)).ToList();
        var unplaced = fresh.Count > 0 ? await AskAsync(fresh, ct) : [];
        return [.. unplaced, .. files.SelectMany(file
            => cache.TryGet(file.Entry.Oid, Ruling(file), out var seen) ? seen.Select(o => o with { Path = file.Entry.Name }) : [])];
    }

    /// <summary>Reads a report: by target what is vulnerable in it; a target that names no packages is not there.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyList<Observation>> Read(string output)
    {
        using var json = JsonDocument.Parse(output);
        var found = new Dictionary<string, IReadOnlyList<Observation>>(StringComparer.Ordinal);
        foreach (var result in Each(json.RootElement, "Results"))
        {
            if (LockJson.Text(result, "Target") is not { } target) continue;
            var lines = Each(result, "Packages").ToLookup(Key("Name", "Version"), LineOf);
            found[target] = [.. found.GetValueOrDefault(target) ?? [], .. Each(result, "Vulnerabilities").Select(item => One(item, lines))];
        }

        return found;
    }

    private static Observation One(JsonElement item, ILookup<string, int?> lines)
    {
        var (name, version) = (LockJson.Text(item, "PkgName") ?? "", LockJson.Text(item, "InstalledVersion") ?? "");
        var level = AdvisoryLevel.Of(LockJson.Text(item, "Severity"));
        return new Observation(
            AdvisoryLevel.Id(LockJson.Text(item, "VulnerabilityID")) ?? AdvisoryLevel.NoId, AdvisoryLevel.Severity(level), null,
            lines[Key("PkgName", "InstalledVersion")(item)].FirstOrDefault(),
            AdvisoryLevel.Words(name, version, LockJson.Text(item, "Title"), LockJson.Text(item, "FixedVersion")),
            level) { Mark = name, Package = name };
    }

    private static Func<JsonElement, string> Key(string name, string version)
        => item => $"{LockJson.Text(item, name)}@{LockJson.Text(item, version)}";

    private static int? LineOf(JsonElement package)
        => Each(package, "Locations").Select(static at => (int?)LockJson.Number(at, "StartLine")).FirstOrDefault();

    private static JsonElement.ArrayEnumerator Each(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : default;

    private string Ruling(LockFile file)
        => string.Create(CultureInfo.InvariantCulture,
            $"{VerdictCache.Ruling(trivy.Program)}|{trivy.UpdatedAt:O}|{file.Kind.Name}|{Companion(file)?.Oid}");

    /// <summary>What a module of Go before 1.17 brings along stands only there.</summary>
    private GitTreeEntry? Companion(LockFile file) => file.Kind.Name == "go.mod" ? tree.At(file.Entry.Name[..^3] + "sum") : null;

    /// <returns>What could not be written for it.</returns>
    private async Task<IReadOnlyList<Observation>> AskAsync(List<LockFile> files, CancellationToken ct)
    {
        var place = Path.Combine(tree.Temporary, Guid.NewGuid().ToString("N"));
        PrivateFiles.MakeFolder(place);
        try
        {
            // Its caches are its own, so that two can run at once.
            Directory.CreateDirectory(Path.Combine(place, "cache"));
            Directory.CreateSymbolicLink(Path.Combine(place, "cache", "db"), trivy.Database);
            var folder = Directory.CreateDirectory(Path.Combine(place, "tree")).FullName;
            var asked = new List<LockFile>();
            foreach (var file in files)
            {
                if (await PlaceAsync(file.Entry, folder, ct)) asked.Add(file);
                if (Companion(file) is { IsFile: true } companion) await PlaceAsync(companion, folder, ct);
            }

            if (asked.Count > 0) await AskAsync(asked, folder, ct);
            return
            [
                .. files.Except(asked).Select(static file
                    => CheckReport.ToolFailed("it is too large, or its name cannot lie in a folder") with { Path = file.Entry.Name }),
            ];
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private async Task AskAsync(List<LockFile> files, string folder, CancellationToken ct)
    {
        var found = await trivy.RunAsync(Arguments, folder, Limit, ct);
        foreach (var file in files) cache.Put(
            file.Entry.Oid, Ruling(file), found.TryGetValue(file.Entry.Name, out var seen) ? seen : await UnseenAsync(file, ct));
    }

    /// <summary>Trivy is silent about a file without packages, and about one that it cannot read.</summary>
    private async Task<IReadOnlyList<Observation>> UnseenAsync(LockFile file, CancellationToken ct)
    {
        var text = await LockReading.TextAsync(tree, file, ct) ?? "";
        if (string.IsNullOrWhiteSpace(text)) return [];
        if (file.Kind.Read is null) return [CheckReport.ToolFailed("trivy found no packages in it")];
        try
        {
            return LockReading.Packages(file.Kind, text).Count == 0 ? [] : [CheckReport.ToolFailed("trivy found no packages in it")];
        }
        catch (LockFormatException e)
        {
            return [CheckReport.ToolFailed(e.Message)];
        }
    }

    private async Task<bool> PlaceAsync(GitTreeEntry entry, string folder, CancellationToken ct)
    {
        if (!SourceTree.CanLie(entry.Name) || await tree.ReadAsync(entry.Oid, ct, LockReading.MaxBytes) is not { } content) return false;
        var path = Path.Combine(folder, entry.Name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, content, ct);
            return true;
        }
        catch (IOException)
        {
            // A crafted tree can have a file where another has its folder.
            return false;
        }
    }
}
