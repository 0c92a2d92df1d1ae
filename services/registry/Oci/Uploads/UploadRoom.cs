using System.Globalization;

using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Oci.Uploads;

/// <summary>
/// What uploads under way take of a repository's quota: what is on the disk, and what is being received. Whoever comes first has the
/// room. Uploads that nobody goes on with give it back to whoever needs it; until then they can be gone on with.
/// </summary>
public sealed class UploadRoom(UploadFiles files, NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>So many uploads a repository may have at once; a push has one for each of some layers.</summary>
    internal const int MostOpen = 1000;

    /// <summary>After so long without a byte an upload gives way. A client tries again within seconds, a person within minutes.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromMinutes(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<UploadShare>> _shares = new(StringComparer.Ordinal);

    /// <summary>Begins an upload; false when the repository has too many.</summary>
    internal async Task<bool> BeginAsync(Guid id, OciPath path, string by, CancellationToken ct)
        => await UploadTable.InsertAsync(source, id, path, by, MostOpen, time.GetUtcNow(), ct)
            || await EndQuietAsync(path.Repository, 0, ct) > 0
            && await UploadTable.InsertAsync(source, id, path, by, MostOpen, time.GetUtcNow(), ct);

    /// <summary>Takes part for the time of one request; dispose it when what came is kept, linked or gone.</summary>
    /// <param name="repository">As it is now.</param>
    /// <param name="id">The upload, or a new id for one that is a single request.</param>
    /// <param name="receivedBytes">What it has on the disk.</param>
    internal UploadShare Enter(RegistryRepository repository, Guid id, long receivedBytes)
    {
        var share = new UploadShare(this, repository, id, receivedBytes);
        lock (_lock)
        {
            if (!_shares.TryGetValue(repository.Name, out var shares)) _shares[repository.Name] = shares = [];
            shares.Add(share);
        }

        return share;
    }

    /// <summary>Lets a file grow where there is room; how long it may become.</summary>
    internal async ValueTask<long> ReachAsync(UploadShare share, long bytes, CancellationToken ct)
    {
        if (bytes <= share.Bytes) return bytes;
        if (share.FreeBytes is null) await LookAsync(share, share.Repository.UsedBytes, ct);
        if (TryReach(share, bytes) is var most && most >= bytes) return most;
        if (await EndQuietAsync(share.Repository.Name, bytes - most, ct) == 0) return most;
        if (await RepositoryTable.FindAsync(source, share.Repository.Name, ct) is { } now) await LookAsync(share, now.UsedBytes, ct);
        return TryReach(share, bytes);
    }

    /// <summary>The request is over.</summary>
    internal void Leave(UploadShare share)
    {
        lock (_lock)
        {
            if (!_shares.TryGetValue(share.Repository.Name, out var shares) || !shares.Remove(share)) return;
            if (shares.Count == 0) _shares.Remove(share.Repository.Name);
        }
    }

    private long TryReach(UploadShare share, long bytes)
    {
        lock (_lock)
        {
            var others = _shares[share.Repository.Name].Sum(s => s == share ? 0 : s.Bytes);
            var most = Math.Max(0, share.FreeBytes!.Value - others);
            share.UnderWay = share.RestingBytes + others;
            if (bytes <= most && bytes > share.Bytes) share.Bytes = bytes;
            return most;
        }
    }

    /// <summary>What was used is known from before: an upload that ends meanwhile is counted once or not at all, never twice.</summary>
    private async Task LookAsync(UploadShare share, long usedBytes, CancellationToken ct)
    {
        Guid[] receiving;
        lock (_lock) receiving = [.. _shares[share.Repository.Name].Select(static s => s.Id)];
        share.RestingBytes = await UploadTable.SumAsync(source, share.Repository.Name, receiving, ct);
        share.FreeBytes = share.Repository.QuotaBytes - usedBytes - share.RestingBytes;
    }

    /// <summary>Ends what nobody goes on with until there is so much room, one at least; none when all of them were not enough.</summary>
    private async Task<int> EndQuietAsync(string repository, long bytes, CancellationToken ct)
    {
        var (before, ended) = (time.GetUtcNow() - Quiet, 0);
        var quiet = await UploadTable.QuietAsync(source, repository, before, ct);
        if (quiet.Sum(static q => q.Bytes) < bytes) return 0;
        foreach (var (id, size) in quiet)
        {
            using var held = files.TryEnter(id);
            if (held is null || !await UploadTable.ExpireAsync(source, id, before, ct)) continue;
            files.Remove(id);
            (bytes, ended) = (bytes - size, ended + 1);
            if (bytes <= 0) break;
        }

        return ended;
    }
}

/// <summary>The part of one request in <see cref="UploadRoom"/>.</summary>
internal sealed class UploadShare(UploadRoom room, RegistryRepository repository, Guid id, long bytes) : IDisposable
{
    public RegistryRepository Repository => repository;

    public Guid Id => id;

    /// <summary>What it has, or said that it will have.</summary>
    public long Bytes { get; set; } = bytes;

    /// <summary>The repository's room but for uploads that are being received; null as long as nobody asked.</summary>
    public long? FreeBytes { get; set; }

    /// <summary>What uploads have to which nothing comes at this moment.</summary>
    public long RestingBytes { get; set; }

    /// <summary>What all others had when room was last asked for.</summary>
    public long UnderWay { get; set; }

    /// <inheritdoc cref="UploadRoom.ReachAsync"/>
    public ValueTask<long> ReachAsync(long bytes, CancellationToken ct) => room.ReachAsync(this, bytes, ct);

    /// <summary>The refusal when there is no room.</summary>
    public OciError NoRoom() => OciErrors.NoRoom(repository, UnderWay > 0
        ? string.Create(CultureInfo.InvariantCulture,
            $" Uploads that are under way have {UnderWay} bytes of it; those that nobody goes on with give way after "
                + $"{UploadRoom.Quiet.TotalMinutes:0} minutes.") : "");

    public void Dispose() => room.Leave(this);
}
