using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Pipeline.Execution;
using Auxo.Pipeline.StepSecrets.Masking;
using Auxo.Pipeline.Workspaces;

using Microsoft.AspNetCore.StaticFiles;

namespace Auxo.Pipeline.Artifacts;

/// <summary>
/// Keeps files of builds: contents by digest, and per build which name is which content. Artifacts and the pages that tools write
/// for people have a list each.
/// </summary>
public sealed class ArtifactStore : IDisposable
{
    private const int MaxProblems = 50;
    private static readonly FileExtensionContentTypeProvider MediaTypes = new();
    private readonly string _builds;
    private readonly string _pages;
    private readonly BlobStore _blobs;
    private readonly ExecutionSettings _settings;
    private readonly SemaphoreSlim _manifests = new(1, 1);

    /// <summary>Opens the store; folders are made when the first file comes.</summary>
    /// <param name="layout">Where it lives.</param>
    /// <param name="settings">How much a build may keep.</param>
    public ArtifactStore(InstanceLayout layout, ExecutionSettings settings)
        => (_builds, _pages, _blobs, _settings) = (
            Path.Combine(layout.Blobs, "builds"), Path.Combine(layout.Blobs, "pages"), new BlobStore(layout.Blobs), settings);

    /// <summary>Keeps what matches the patterns. What cannot be kept is a line in the problems, never an exception.</summary>
    /// <param name="buildId">Whose artifacts they are; a name that is there already gets the new content.</param>
    /// <param name="workspace">Searched; links are never followed.</param>
    /// <param name="patterns">Globs (<c>*</c>, <c>**</c>) relative to the workspace's top; a folder's name means all in it.</param>
    /// <param name="mask">No file is kept whose name has a secret in it; its content is not looked at.</param>
    /// <param name="ct">Stops.</param>
    internal async Task<(IReadOnlyList<BuildArtifact> Artifacts, IReadOnlyList<string> Problems)> CollectAsync(
        Guid buildId, Workspace workspace, IReadOnlyList<string> patterns, SecretMask? mask, CancellationToken ct)
    {
        var kept = new SortedDictionary<string, BuildArtifact>(StringComparer.Ordinal);
        var problems = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var left = _settings.ArtifactBytes;
        foreach (var pattern in patterns)
        {
            if (ArtifactNames.RefusePattern(pattern) is { } wrong)
            {
                Problem($"the pattern '{Shown(pattern)}' {wrong}");
                continue;
            }

            var any = false;
            foreach (var name in WorkspaceFiles.Match(workspace.Path, pattern))
            {
                any = true;
                if (!seen.Add(name)) continue;
                if (mask is not null && mask.Text(name) is { } masked && masked != name)
                {
                    Problem($"'{Shown(masked)}' was not kept: its name has a secret in it");
                    continue;
                }

                if (kept.Count == _settings.Artifacts)
                {
                    Problem($"only the first {_settings.Artifacts} artifacts were kept");
                    break;
                }

                if (await KeepAsync(workspace, name, left, Problem, ct) is not { } artifact) continue;
                left -= artifact.SizeBytes;
                kept.Add(name, artifact);
            }

            if (!any) Problem($"nothing matches '{Shown(pattern)}'");
        }

        if (kept.Count > 0) await RecordAsync(ManifestOf(_builds, buildId), kept.Values, ct);
        return ([.. kept.Values], problems);

        void Problem(string line)
        {
            if (problems.Count < MaxProblems) problems.Add(line);
            else if (problems.Count == MaxProblems) problems.Add("and more");
        }
    }

    /// <summary>Keeps pages of a step.</summary>
    /// <param name="buildId">Whose they are.</param>
    /// <param name="workspace">Where they lie; links are not followed.</param>
    /// <param name="prefix">Stands in front of each name, with a slash.</param>
    /// <param name="names">Relative paths, the most important first.</param>
    /// <param name="limitBytes">So much of them is kept.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>The names that were kept, without the prefix, and what was not and why.</returns>
    internal async Task<(IReadOnlyList<string> Kept, IReadOnlyList<string> Problems)> KeepPagesAsync(
        Guid buildId, Workspace workspace, string prefix, IReadOnlyList<string> names, long limitBytes, CancellationToken ct)
    {
        var (kept, problems) = (new List<BuildArtifact>(), new List<string>());
        foreach (var name in names)
        {
            if (await KeepAsync(workspace, name, limitBytes, problems.Add, ct) is not { } page) continue;
            limitBytes -= page.SizeBytes;
            kept.Add(page);
        }

        if (kept.Count > 0)
            await RecordAsync(ManifestOf(_pages, buildId), kept.Select(page => page with { Name = prefix + page.Name }), ct);
        return ([.. kept.Select(static page => page.Name)], problems);
    }

    /// <summary>The artifacts of a build, by name.</summary>
    public Task<IReadOnlyDictionary<string, BuildArtifact>> ListAsync(Guid buildId, CancellationToken ct)
        => ListAsync(ManifestOf(_builds, buildId), ct);

    /// <summary>The pages of a build, by name.</summary>
    public Task<IReadOnlyDictionary<string, BuildArtifact>> ListPagesAsync(Guid buildId, CancellationToken ct)
        => ListAsync(ManifestOf(_pages, buildId), ct);

    private static async Task<IReadOnlyDictionary<string, BuildArtifact>> ListAsync(string path, CancellationToken ct)
    {
        if (!File.Exists(path)) return new Dictionary<string, BuildArtifact>(StringComparer.Ordinal);
        await using var stream = File.OpenRead(path);
        var artifacts = await JsonSerializer.DeserializeAsync(stream, ArtifactJson.Default.BuildArtifactArray, ct) ?? [];
        return artifacts.ToDictionary(static a => a.Name, StringComparer.Ordinal);
    }

    /// <summary>The file with this content (<c>sha256:…</c>), or null.</summary>
    public string? FindBlob(string digest) => _blobs.Find(digest);

    /// <summary>Takes in a content that another machine made; false when it is not that of its digest, or too large.</summary>
    public async Task<bool> TakeAsync(string digest, Stream content, CancellationToken ct)
        => await _blobs.AddAsync(content, digest, _settings.ArtifactBytes, ct) is not null;

    /// <summary>What is wrong with artifacts that another machine names, as a sentence; null when nothing is.</summary>
    internal string? Refuse(IReadOnlyList<BuildArtifact> artifacts)
    {
        if (artifacts.Count > _settings.Artifacts) return $"A step has at most {_settings.Artifacts} artifacts.";
        if (artifacts.Any(artifact => artifact.SizeBytes < 0 || artifact.SizeBytes > _settings.ArtifactBytes)
            || artifacts.Sum(static artifact => artifact.SizeBytes) > _settings.ArtifactBytes)
            return $"A build may keep {_settings.ArtifactBytes >> 20} MiB.";
        foreach (var artifact in artifacts)
        {
            if (ArtifactNames.Refuse(artifact.Name) is { } wrong) return $"The name of the artifact '{Shown(artifact.Name)}' {wrong}.";
            if (_blobs.Find(artifact.Digest) is not { } path || new FileInfo(path).Length != artifact.SizeBytes)
                return $"The content of the artifact '{Shown(artifact.Name)}' is not here.";
        }

        return null;
    }

    /// <summary>Keeps artifacts whose contents are here.</summary>
    /// <returns>As they are kept: what kind each is says its name, not the other machine.</returns>
    internal async Task<IReadOnlyList<BuildArtifact>> KeepAsync(
        Guid buildId, IReadOnlyList<BuildArtifact> artifacts, CancellationToken ct)
    {
        IReadOnlyList<BuildArtifact> kept =
            [.. artifacts.Select(static artifact => artifact with { MediaType = MediaTypeOf(artifact.Name) })];
        if (kept.Count > 0) await RecordAsync(ManifestOf(_builds, buildId), kept, ct);
        return kept;
    }

    /// <summary>Forgets the artifacts and pages of a build; their contents go with the next sweep when no other build has them.</summary>
    /// <returns>Whether it had any.</returns>
    public bool Forget(Guid buildId)
    {
        var had = false;
        foreach (var list in (string[])[ManifestOf(_builds, buildId), ManifestOf(_pages, buildId)])
        {
            if (!File.Exists(list)) continue;
            had = true;
            File.Delete(list);
        }

        return had;
    }

    /// <summary>Removes the contents that no build has any more.</summary>
    public async Task SweepAsync(DateTimeOffset now, CancellationToken ct)
    {
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in ((string[])[_builds, _pages]).Where(Directory.Exists).SelectMany(
            static folder => Directory.EnumerateFiles(folder, "*.json")))
        {
            if (!Guid.TryParse(Path.GetFileNameWithoutExtension(list), out _)) continue;
            foreach (var artifact in (await ListAsync(list, ct)).Values) kept.Add(artifact.Digest);
        }

        _blobs.Sweep(kept, now, ct);
    }

    /// <inheritdoc/>
    public void Dispose() => _manifests.Dispose();

    private async Task<BuildArtifact?> KeepAsync(Workspace workspace, string name, long left, Action<string> problem, CancellationToken ct)
    {
        if (ArtifactNames.Refuse(name) is { } wrong)
        {
            problem($"'{Shown(name)}' {wrong}");
            return null;
        }

        using var file = BeneathFile.Open(workspace.Path, name, out var refusal);
        if (file is null)
        {
            problem(new FileInfo(Path.Combine(workspace.Path, name)).LinkTarget is null
                ? $"'{Shown(name)}' {refusal}"
                : $"'{Shown(name)}' is a link, and links are not kept");
            return null;
        }

        if (await _blobs.AddAsync(file, left, ct) is not var (digest, size))
        {
            problem($"'{Shown(name)}' was not kept: a build may keep {_settings.ArtifactBytes >> 20} MiB");
            return null;
        }

        return new BuildArtifact(name, MediaTypeOf(name), digest, size);
    }

    private static string MediaTypeOf(string name)
        => MediaTypes.TryGetContentType(name, out var type) ? type : "application/octet-stream";

    /// <summary>
    /// Steps of one build may end at the same time: their lists are merged, and a reader sees a whole list or the one before.
    /// </summary>
    private async Task RecordAsync(string path, IEnumerable<BuildArtifact> artifacts, CancellationToken ct)
    {
        await _manifests.WaitAsync(ct);
        try
        {
            var all = new SortedDictionary<string, BuildArtifact>(StringComparer.Ordinal);
            foreach (var (name, artifact) in await ListAsync(path, ct)) all[name] = artifact;
            foreach (var artifact in artifacts) all[artifact.Name] = artifact;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using (var stream = File.Create(path + ".new"))
            {
                await JsonSerializer.SerializeAsync(stream, [.. all.Values], ArtifactJson.Default.BuildArtifactArray, ct);
                stream.Flush(flushToDisk: true);
            }

            File.Move(path + ".new", path, overwrite: true);
        }
        finally
        {
            _manifests.Release();
        }
    }

    private static string ManifestOf(string folder, Guid buildId) => Path.Combine(folder, buildId.ToString() + ".json");

    /// <summary>A name as it may stand in a line for people.</summary>
    private static string Shown(string name)
    {
        var text = string.Concat(
            name.Select(static c => char.IsControl(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') ? '?' : c));
        return text.Length > 120 ? text[..119] + "…" : text;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BuildArtifact[]))]
internal sealed partial class ArtifactJson : JsonSerializerContext;
