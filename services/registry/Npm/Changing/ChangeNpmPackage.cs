using System.Text.Json;

using Auxo.Registry.Npm.Names;
using Auxo.Registry.Npm.Publish;
using Auxo.Registry.Npm.Reading;
using Auxo.Registry.Packages;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Npm.Changing;

/// <summary>
/// What npm does by sending a whole package back with something changed in it. Only what the command means is taken from it; all else
/// may be old by now.
/// </summary>
public sealed class ChangeNpmPackage(NpgsqlDataSource source, ChangePackage change)
{
    /// <summary><c>npm deprecate</c>: what is said of versions; the empty text takes it back.</summary>
    internal async Task<Results<JsonHttpResult<NpmOk>, ProblemHttpResult>> DeprecateAsync(
        string repository, NpmName name, PublishBody body, HttpContext http, CancellationToken ct)
    {
        if (await PackageTable.FindAsync(source, repository, name.Value, ct) is not { Versions.Count: > 0 } package)
            return NpmProblems.NoPackage(repository, name);
        if (Versions(body) is not { } sent) return AuxoProblem.BadRequest("npm/nothing-to-do",
            "The request has neither a tarball nor versions. Who may do what is said by Auxo's tokens, not by owners of packages.");
        return await RunAsync(repository, name, Deprecations(package, sent), http);
    }

    /// <summary><c>npm unpublish NAME@VERSION</c>: the versions that are not in it go.</summary>
    internal async Task<Results<JsonHttpResult<NpmOk>, ProblemHttpResult>> RemoveMissingAsync(
        string repository, NpmName name, string revision, PublishBody body, HttpContext http, CancellationToken ct)
    {
        if (await PackageTable.FindAsync(source, repository, name.Value, ct) is not { Versions.Count: > 0 } package)
            return NpmProblems.NoPackage(repository, name);
        if (body.Tarballs.Count > 0 || Versions(body) is not { } left) return AuxoProblem.BadRequest("npm/nothing-to-do",
            "The request has no versions. Who may do what is said by Auxo's tokens, not by owners of packages.");
        return Packument.RevisionOf(package) == revision
            ? await RunAsync(repository, name, Removals(package, [.. package.Versions.Select(static v => v.Version)
                .Where(v => !left.ContainsKey(v))]), http)
            : NpmProblems.Changed(name);
    }

    /// <summary><c>npm unpublish NAME --force</c>: all of it goes.</summary>
    internal async Task<Results<JsonHttpResult<NpmOk>, ProblemHttpResult>> RemoveAllAsync(
        string repository, NpmName name, string revision, HttpContext http, CancellationToken ct)
    {
        if (await PackageTable.FindAsync(source, repository, name.Value, ct) is not { Versions.Count: > 0 } package)
            return NpmProblems.NoPackage(repository, name);
        return Packument.RevisionOf(package) == revision
            ? await RunAsync(repository, name, [new PackageChange.RemoveAll()], http)
            : NpmProblems.Changed(name);
    }

    /// <summary>Which deprecations a package sent back means.</summary>
    internal static IReadOnlyList<PackageChange> Deprecations(StoredPackage package, IReadOnlyDictionary<string, string?> sent)
        => [.. package.Versions.Where(v => sent.ContainsKey(v.Version)).Select(v => (v.Version, Said: sent[v.Version],
                Now: v.Marks.GetValueOrDefault("deprecated")))
            .Where(static v => v.Said != v.Now)
            .Select(static v => new PackageChange.Mark(v.Version, "deprecated", v.Said))];

    /// <summary>Removes versions; when <c>latest</c> goes with them, it means the newest finished one that is left.</summary>
    internal static IReadOnlyList<PackageChange> Removals(StoredPackage package, IReadOnlyList<string> gone)
    {
        List<PackageChange> changes = [.. gone.Select(static v => new PackageChange.Remove(v))];
        if (package.Tags.GetValueOrDefault(DistTag.Latest) is { } latest && gone.Contains(latest, StringComparer.Ordinal)
            && DistTag.Newest(package.Versions.Select(static v => v.Version).Except(gone, StringComparer.Ordinal)) is { } next)
            changes.Add(new PackageChange.Tag(DistTag.Latest, next));
        return changes;
    }

    /// <summary>The versions of a request, each with what is said of it; null when it has none.</summary>
    private static Dictionary<string, string?>? Versions(PublishBody body)
        => body.Document.RootElement.TryGetProperty("versions", out var versions) && versions.ValueKind == JsonValueKind.Object
            ? versions.EnumerateObject().ToDictionary(static v => v.Name, static v => Deprecated(v.Value), StringComparer.Ordinal)
            : null;

    private static string? Deprecated(JsonElement version)
        => version.ValueKind == JsonValueKind.Object && version.TryGetProperty("deprecated", out var text)
            && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } reason
            ? reason.Replace("\0", "", StringComparison.Ordinal) is var clean && clean.Length > 1000 ? clean[..1000] : clean
            : null;

    private async Task<Results<JsonHttpResult<NpmOk>, ProblemHttpResult>> RunAsync(
        string repository, NpmName name, IReadOnlyList<PackageChange> changes, HttpContext http)
        => changes.Count == 0 || await change.RunAsync(repository, name.Value, changes, http.Caller())
            ? Answers.Done
            : NpmProblems.Changed(name);
}
