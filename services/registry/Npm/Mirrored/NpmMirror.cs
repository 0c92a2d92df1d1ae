using System.Globalization;
using System.Text.Json;

using Auxo.Registry.Blobs;
using Auxo.Registry.Mirrors;
using Auxo.Registry.Npm.Names;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Npm.Mirrored;

/// <summary>What upstream says of a package, and which part of it is offered.</summary>
/// <param name="Content">What it says.</param>
/// <param name="Cooldown">Which versions are offered.</param>
/// <param name="IsStale">Upstream could not be asked, so it may be old.</param>
internal sealed record OfferedPackage(Digest Content, Cooldown Cooldown, bool IsStale)
{
    /// <summary>The same as long as what is made from it would be.</summary>
    public string Revision => string.Create(CultureInfo.InvariantCulture, $"{Content.Hex} {Cooldown.Until.UtcTicks}");
}

/// <summary>Packages that were not published here, from upstream. Nobody calls this for a name that is ours.</summary>
public sealed class NpmMirror(Mirror mirror, BlobStore blobs, NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>A bundle of signatures, or a list of keys.</summary>
    private const long MostSmall = 16L << 20;

    /// <summary>A tarball; npm's own registry takes less.</summary>
    private const long MostTarball = 2L << 30;

    /// <summary>A package as it is offered at a moment; null when upstream has none.</summary>
    internal async Task<OfferedPackage?> FindAsync(RegistryRepository repository, RepositoryAt at, NpmName name, CancellationToken ct)
    {
        // All of it, with the times: the abbreviated form has none, and one document is enough to keep.
        var document = await mirror.DocumentAsync(
            repository, name.Value, AddressOf(repository, Escaped(name)), "application/json", MirrorRefresh.LimitBytes, ct);
        if (document.Content is not { } content) return null;
        var now = time.GetUtcNow();
        var cooldown = Cooldown.For(repository.Mirror!, name.Value, at.AsOf, now);
        // What is made from it holds for an hour: a version may be offered so much late, never early.
        if (at.AsOf is null || at.AsOf >= now)
            cooldown = cooldown.Until >= now
                ? new Cooldown(DateTimeOffset.MaxValue)
                : new Cooldown(cooldown.Until.AddTicks(-(cooldown.Until.UtcTicks % TimeSpan.TicksPerHour)));
        return new OfferedPackage(content, cooldown, document.IsStale);
    }

    /// <summary>Makes something of a package.</summary>
    /// <exception cref="UpstreamAwayException">What upstream sent is no package of this name.</exception>
    internal async Task<T> ReadAsync<T>(
        RegistryRepository repository, OfferedPackage offered, NpmName name, Func<MirroredPackument, T> make, CancellationToken ct)
    {
        try
        {
            return await mirror.UseAsync(offered.Content, bytes =>
            {
                using var json = JsonDocument.Parse(bytes);
                var package = new MirroredPackument(json.RootElement, name, offered.Cooldown);
                return package.Fits ? make(package) : throw NoPackage(repository, name);
            }, ct);
        }
        catch (JsonException)
        {
            throw NoPackage(repository, name);
        }
    }

    /// <summary>A tarball, checked against what upstream promises; null when it has no such file.</summary>
    /// <exception cref="TooYoungException">Its version is not offered yet.</exception>
    internal async Task<MirroredFile?> TarballAsync(
        RegistryRepository repository, RepositoryAt at, NpmName name, string file, CancellationToken ct)
    {
        if (!file.StartsWith(name.Bare + "-", StringComparison.Ordinal) || !file.EndsWith(".tgz", StringComparison.Ordinal)) return null;
        var (key, version) = ($"{name}/-/{file}", file[(name.Bare.Length + 1)..^4]);
        // It was checked when it came.
        if (await MirrorTable.FindFileAsync(source, repository.Name, key, ct) is { } kept && blobs.Files.Exists(kept.Content))
            return await mirror.FileAsync(repository, key, new Uri(kept.Source), null, MostTarball, ct);
        if (await FindAsync(repository, at, name, ct) is not { } offered) return null;
        if (await ReadAsync(repository, offered, name, p => p.Tarball(version), ct) is not { } found) return null;
        if (!found.Offered) throw new TooYoungException(repository, name, version);
        if (found.Digest is null) throw new UpstreamChangedException(repository.Name, key, "promises no digest");
        return await mirror.FileAsync(repository, key, found.Address, found.Digest, MostTarball, ct);
    }

    /// <summary>A small document below upstream's address, as it was sent; null when there is none.</summary>
    internal async Task<byte[]?> SmallAsync(RegistryRepository repository, string path, CancellationToken ct)
        => (await mirror.DocumentAsync(repository, path, AddressOf(repository, path), "application/json", MostSmall, ct)).Content
            is { } content ? await mirror.ReadAsync(content, ct) : null;

    /// <summary>An address of upstream.</summary>
    internal static Uri AddressOf(RegistryRepository repository, string path)
        => new($"{repository.Mirror!.Upstream.TrimEnd('/')}/{path}");

    private static string Escaped(NpmName name) => name.Value.Replace("/", "%2f", StringComparison.Ordinal);

    private static UpstreamAwayException NoPackage(RegistryRepository repository, NpmName name)
        => new(repository.Name, $"what it sent for '{name}' is no package of npm");
}

/// <summary>403: a version of upstream that is younger than the cooldown, or later than the moment that was asked for.</summary>
public sealed class TooYoungException : AuxoException
{
    internal TooYoungException(RegistryRepository repository, NpmName name, string version)
        : base("mirror/too-young", StatusCodes.Status403Forbidden,
            $"{name}@{version} is not offered: it is younger than the {repository.Mirror!.CooldownDays} days of the mirror "
                + $"'{repository.Name}', or later than the day you asked for. Take an older one, or let it through: auxo mirror add "
                + $"{repository.Name} UPSTREAM --no-cooldown-for '{name}'")
    {
    }
}
