using Auxo.Registry.Blobs;
using Auxo.Registry.Files;

using Marten.Exceptions;

using Npgsql;

namespace Auxo.Registry.Packages;

/// <summary>A file that was received for a version.</summary>
/// <param name="Name">As clients ask for it.</param>
/// <param name="Content">Its bytes; they belong to the caller, who disposes of them.</param>
/// <param name="MediaType">As it is served.</param>
/// <param name="Metadata">What the format says of it, as JSON.</param>
public sealed record NewPackageFile(string Name, ReceivedBlob Content, string MediaType, string? Metadata = null);

/// <summary>A version that was sent, whose names and contents are good ones.</summary>
/// <param name="Repository">Where.</param>
/// <param name="Name">In its format's normal form.</param>
/// <param name="Version">In its format's normal form.</param>
/// <param name="Metadata">What the format says of it, as JSON.</param>
/// <param name="Files">Its files.</param>
/// <param name="By">The token's name.</param>
public sealed record NewVersion(
    string Repository, string Name, string Version, string Metadata, IReadOnlyList<NewPackageFile> Files, string By)
{
    /// <summary>A version that is there may get more files; otherwise it comes whole, once.</summary>
    public bool AddsFiles { get; init; }

    /// <summary>Which tags shall point to it, decided when the package is held: it may have changed since the request began.</summary>
    public Func<Package, IReadOnlyList<string>> Tags { get; init; } = static _ => [];
}

/// <summary>What became of a version that was sent.</summary>
public enum PublishOutcome
{
    /// <summary>It is there, durably.</summary>
    Published,

    /// <summary>The very same files were there already; nothing changed.</summary>
    SameContent,

    /// <summary>The version, or a file of that name, is there with another content; nothing changed.</summary>
    AlreadyThere,

    /// <summary>The version, or a file of that name, was removed; it never comes back.</summary>
    WasRemoved,

    /// <summary>The repository's quota has no room for it, or the repository is gone.</summary>
    NoRoom,

    /// <summary>This machine stood still while it was kept; the client may send it again.</summary>
    TryAgain,
}

/// <summary>Gives received files their places and their version, durably: the bytes first, then the names.</summary>
public sealed class PublishVersion(IDocumentStore store, BlobStore blobs, PackageDocuments documents, TimeProvider time)
{
    /// <summary>What becomes of a version, given what is there: nothing (null) stands in its way, or something does.</summary>
    public static PublishOutcome? Refuse(Package? package, NewVersion sent)
    {
        if (package is null) return null;
        if (package.Gone.Contains(sent.Version, StringComparer.Ordinal)
            || sent.Files.Any(f => package.GoneFiles.Contains(f.Name, StringComparer.Ordinal))) return PublishOutcome.WasRemoved;
        var there = package.Versions.SelectMany(static v => v.Files.Select(f => (v.Version, File: f)))
            .Where(f => sent.Files.Any(s => s.Name == f.File.Name)).ToList();
        if (there.Count == 0) return !sent.AddsFiles && package.Find(sent.Version) is not null ? PublishOutcome.AlreadyThere : null;
        return there.Count == sent.Files.Count && there.All(f => f.Version == sent.Version
            && sent.Files.Any(s => s.Name == f.File.Name && s.Content.Digest.ToString() == f.File.Digest))
            ? PublishOutcome.SameContent
            : PublishOutcome.AlreadyThere;
    }

    /// <summary>Runs to its end whether or not the client waits.</summary>
    public Task<PublishOutcome> RunAsync(NewVersion sent)
    {
        var keeping = new Lazy<Task>(() => Task.WhenAll(
            sent.Files.Select(static f => f.Content).Select(content => blobs.KeepAsync(content, CancellationToken.None))));
        return LostRace.RetryAsync(async () =>
        {
            await using var session = store.TracedSession();
            var stream = await session.Events.FetchForWriting<Package>(
                Package.StreamKey(sent.Repository, sent.Name), CancellationToken.None);
            var before = stream.Aggregate;
            if (Refuse(before, sent) is { } refusal) return refusal;
            await keeping.Value;
            var published = new PackageEvent.Published(
                sent.Version, sent.Metadata,
                [.. sent.Files.Select(static f => new PackageFile(
                    f.Name, f.Content.Digest.ToString(), f.Content.SizeBytes, f.MediaType, f.Metadata))],
                sent.Tags(before ?? new Package()), sent.By, time.GetUtcNow());
            stream.AppendOne(published);
            PackageRows.Queue(session, sent.Repository, sent.Name, before, published);
            CrashPoint.Hit("registry.package.before_commit");
            try
            {
                await session.SaveChangesAsync(CancellationToken.None);
            }
            catch (MartenCommandException e) when (Sql.State(e) == FileTable.NoRoom)
            {
                return PublishOutcome.NoRoom;
            }
            catch (MartenCommandException e) when (Sql.State(e) == PostgresErrorCodes.ForeignKeyViolation)
            {
                return PublishOutcome.TryAgain;
            }
            finally
            {
                documents.Forget(sent.Repository, sent.Name);
            }

            CrashPoint.Hit("registry.package.committed");
            return PublishOutcome.Published;
        });
    }
}
