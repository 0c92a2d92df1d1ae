using System.Text.Json;

using Auxo.Registry.Mirrors;
using Auxo.Registry.NuGet.Flat;
using Auxo.Registry.Packages;

using Npgsql;

namespace Auxo.Registry.NuGet.Mirroring;

/// <summary>
/// The packages of upstream in a repository that has one. A name of which anything was ever published here is ours: upstream is never
/// asked for it, so nobody can put a higher version there.
/// </summary>
internal sealed class NuGetMirror(Mirror mirror, NpgsqlDataSource source, TimeProvider time)
{
    private const long MaxDocument = 64 << 20;
    private const int MaxPages = 1000;

    /// <summary>All pages of one package.</summary>
    private const long MaxPagesBytes = 128 << 20;
    private const string Json = "application/json";

    /// <summary>Upstream's registration of a package; null when upstream has none, or may not be asked.</summary>
    /// <exception cref="UpstreamAwayException">It is not here, and upstream cannot be asked.</exception>
    public async Task<MirroredDocument?> FindAsync(NuGetRepository repository, string id, CancellationToken ct)
    {
        if (repository.Settings.Mirror is null
            || await PackageTable.RevisionAsync(source, repository.Name, id, ct) is not null) return null;
        var feed = await FeedAsync(repository, ct);
        return await AskAsync(repository, RegistrationKey(id), new Uri(feed.Registrations, $"{id}/index.json"), ct)
            is { Content: not null } index ? index : null;
    }

    /// <summary>What the registration of a package is kept under.</summary>
    public static string RegistrationKey(string id) => $"nuget/{id}/registration";

    /// <summary>What a page of it is kept under.</summary>
    public static string PageKey(string id, JsonElement page)
        => $"nuget/{id}/page/{UpstreamJson.Text(page, "lower")}/{UpstreamJson.Text(page, "upper")}";

    /// <summary>Changes when what is offered does, though upstream's registration is as it was.</summary>
    public string Revision(NuGetRepository repository, string id, MirroredDocument index)
        => CooldownOf(repository, id).RevisionOf(index.Content);

    /// <summary>The versions that are offered now, or were at the moment that the address names, in order.</summary>
    public async Task<IReadOnlyList<UpstreamVersion>> ReadAsync(
        NuGetRepository repository, string id, MirroredDocument index, CancellationToken ct)
    {
        var cooldown = CooldownOf(repository, id);
        var versions = new Dictionary<string, UpstreamVersion>(StringComparer.Ordinal);
        foreach (var (leaf, page) in await LeavesAsync(repository, id, index, ct))
        {
            // One that is not listed is taken by a floating version all the same, so it has to show its age.
            if (UpstreamVersion.Read(leaf, id, page) is { } version && cooldown.Offers(version.KnownSince)
                && (version.Listed.IsListed || version.KnownSince is not null))
                versions.TryAdd(version.Listed.Stored.Version, version);
        }

        return [.. versions.Values.OrderBy(static v => v.Listed.Version)];
    }

    /// <summary>A package or its nuspec, checked by the catalog's hash where there is one; null when upstream has none
    /// that is offered.</summary>
    public async Task<MirroredFile?> FindFileAsync(
        NuGetRepository repository, string id, string version, string file, CancellationToken ct)
    {
        var (isPackage, isNuspec) = (file == PackageFileName.Package(id, version), file == PackageFileName.Nuspec(id, version));
        if (!isPackage && !isNuspec || await FindAsync(repository, id, ct) is not { } index) return null;
        var key = $"nuget/{id}/{file}";
        var kept = await MirrorTable.FindFileAsync(source, repository.Name, key, ct);
        // What was offered once stays for those who build with it.
        if (kept is null || repository.At.AsOf is not null)
        {
            if ((await ReadAsync(repository, id, index, ct))
                .FirstOrDefault(v => v.Listed.Stored.Version == version) is not { } offered) return null;
            var hash = isPackage && kept is null ? await HashAsync(repository, id, version, offered, ct) : null;
            var name = isPackage ? file : $"{id}.nuspec";
            return await mirror.FileAsync(
                repository.Settings, key, new Uri((await FeedAsync(repository, ct)).Flat, $"{id}/{version}/{name}"),
                ExpectedDigest.OfIntegrity(hash), repository.Settings.QuotaBytes, ct);
        }

        return await mirror.FileAsync(repository.Settings, key, new Uri(kept.Source), null, repository.Settings.QuotaBytes, ct);
    }

    /// <summary>Upstream's list of vulnerabilities, or a part of it; null when it has none.</summary>
    public async Task<byte[]?> VulnerabilitiesAsync(NuGetRepository repository, string? part, CancellationToken ct)
    {
        if (repository.Settings.Mirror is null || (await FeedAsync(repository, ct)).Vulnerabilities is not { } address) return null;
        if (await AskAsync(repository, "nuget//vulnerabilities", address, ct) is not { Content: { } content }) return null;
        var index = await mirror.ReadAsync(content, ct);
        if (part is null) return index;
        var found = Parse(repository, index, root => root.ValueKind != JsonValueKind.Array ? null : root.EnumerateArray()
            .Where(p => UpstreamJson.Text(p, "@name") == part).Select(p => UpstreamJson.Address(p, "@id", address)).FirstOrDefault());
        return found is not null && await AskAsync(repository, $"nuget//vulnerabilities/{part}", found, ct) is { Content: { } bytes }
            ? await mirror.ReadAsync(bytes, ct) : null;
    }

    private async Task<List<(JsonElement Leaf, Uri Page)>> LeavesAsync(
        NuGetRepository repository, string id, MirroredDocument index, CancellationToken ct)
    {
        var leaves = new List<(JsonElement, Uri)>();
        var (at, total) = (new Uri(index.Source), 0L);
        foreach (var page in Items(repository, await mirror.ReadAsync(index.Content!.Value, ct)).Take(MaxPages))
        {
            if (UpstreamJson.TryList(page, "items", out var inline))
            {
                leaves.AddRange(inline.Select(leaf => (leaf, at)));
                continue;
            }

            if (UpstreamJson.Address(page, "@id", at) is not { } address) continue;
            var key = PageKey(id, page);
            // A page that is older than the index may be what was before.
            var kept = await MirrorTable.FindDocumentAsync(source, repository.Name, key, ct);
            var asked = await mirror.DocumentAsync(repository.Settings, key, address, Json, MaxDocument, ct,
                now: kept is not null && kept.CheckedAt < index.FetchedAt);
            if (asked.Content is not { } content) continue;
            var bytes = await mirror.ReadAsync(content, ct);
            if ((total += bytes.Length) > MaxPagesBytes) throw new UpstreamAwayException(
                repository.Name, $"what it has of '{id}' is longer than {MaxPagesBytes} bytes");
            leaves.AddRange(Items(repository, bytes).Select(leaf => (leaf, address)));
        }

        return leaves;
    }

    private async Task<string?> HashAsync(
        NuGetRepository repository, string id, string version, UpstreamVersion offered, CancellationToken ct)
    {
        if (offered.Hash is not null || offered.Catalog is not { } address) return offered.Hash;
        return await AskAsync(repository, $"nuget/{id}/{version}/catalog", address, ct) is { Content: { } content }
            ? Parse(repository, await mirror.ReadAsync(content, ct), static root => UpstreamVersion.HashOf(root))
            : null;
    }

    private async Task<UpstreamFeed> FeedAsync(NuGetRepository repository, CancellationToken ct)
    {
        var address = new Uri(repository.Settings.Mirror!.Upstream);
        if (await AskAsync(repository, "nuget//index", address, ct) is not { Content: { } content })
            throw new UpstreamAwayException(repository.Name,
                "there is no service index at its address; it ends with '/v3/index.json' mostly");
        var bytes = await mirror.ReadAsync(content, ct);
        return Understand(repository, () => UpstreamFeed.Read(bytes, address));
    }

    private Task<MirroredDocument> AskAsync(NuGetRepository repository, string key, Uri address, CancellationToken ct)
        => mirror.DocumentAsync(repository.Settings, key, address, Json, MaxDocument, ct);

    private static List<JsonElement> Items(NuGetRepository repository, byte[] document)
        => Parse(repository, document, static root => UpstreamJson.TryList(root, "items", out var items)
            ? items.Select(static i => i.Clone()).ToList()
            : throw new JsonException("It has no list 'items'."));

    private static T Parse<T>(NuGetRepository repository, byte[] document, Func<JsonElement, T> read) => Understand(repository, () =>
    {
        using var parsed = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = 32 });
        return read(parsed.RootElement);
    });

    private static T Understand<T>(NuGetRepository repository, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (JsonException e)
        {
            throw new UpstreamAwayException(
                repository.Name, "what it answered is no document of NuGet; is its address that of a '/v3/index.json'?", e);
        }
    }

    private Cooldown CooldownOf(NuGetRepository repository, string id)
        => Cooldown.For(repository.Settings.Mirror!, id, repository.At.AsOf, time.GetUtcNow());
}
