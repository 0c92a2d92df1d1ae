using Auxo.Registry.Debian;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Mirrors;

/// <summary>What a refresh found.</summary>
/// <param name="Asked">Documents that upstream was asked for.</param>
/// <param name="Changed">Those that were new.</param>
/// <param name="Failed">Those for which there was no answer; they stay as they are.</param>
/// <param name="Failure">The last reason.</param>
public sealed record RefreshResult(int Asked, int Changed, int Failed, string? Failure);

/// <summary>
/// Asks upstream again for what is used, so that a laptop that leaves the network has what is new. Each mirror in its own
/// rhythm; what nobody used for ninety days is left alone.
/// </summary>
public sealed partial class MirrorRefresh(
    NpgsqlDataSource source, Mirror mirror, DebianMirror debian, TimeProvider time, ILogger<MirrorRefresh> logger)
    : PeriodicJob(Pause, time, logger)
{
    private const int MostAtOnce = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    /// <summary>What was not asked for so long is not used any more.</summary>
    internal static readonly TimeSpan Used = TimeSpan.FromDays(90);

    /// <summary>Refreshes what upstream was not asked about since a moment.</summary>
    /// <param name="repository">The mirror.</param>
    /// <param name="checkedBefore">The moment.</param>
    /// <param name="ct">Stops between two documents.</param>
    public async Task<RefreshResult> RunAsync(RegistryRepository repository, DateTimeOffset checkedBefore, CancellationToken ct)
    {
        var result = new RefreshResult(0, 0, 0, null);
        while (result.Failed == 0)
        {
            var due = await MirrorTable.DueAsync(source, repository.Name, checkedBefore, Time.GetUtcNow() - Used, MostAtOnce, ct);
            foreach (var document in due)
            {
                var indexes = repository.Format == RepositoryFormats.Debian
                    ? await debian.UsedIndexesAsync(repository, document, ct) : [];
                var now = await mirror.DocumentAsync(repository, document.Key, new Uri(document.Source), document.Accept,
                    LimitBytes, ct, prepare: null, now: true);
                var whole = now.Content == document.Content || await debian.FetchIndexesAsync(repository, now, indexes, ct);
                var failed = now.CheckedAt == document.CheckedAt || !whole;
                result = result with
                {
                    Asked = result.Asked + 1, Changed = result.Changed + (now.Content == document.Content ? 0 : 1),
                    Failed = result.Failed + (failed ? 1 : 0),
                    Failure = failed ? await FailureAsync(repository.Name, ct) : result.Failure,
                };
                // When upstream is away it is away for the next one too; what it refuses to say says nothing of others.
                if (mirror.IsLeftAlone(repository.Name, new Uri(document.Source))) break;
            }

            if (due.Count < MostAtOnce) break;
        }

        return result;
    }

    private async Task<string?> FailureAsync(string repository, CancellationToken ct)
        => (await MirrorStatus.ListAsync(source, repository, Time.GetUtcNow(), ct)) is [var status] ? status.Failure : null;

    /// <summary>A list of versions is not longer than this; the longest known has 42 MB.</summary>
    public const long LimitBytes = 256L << 20;

    /// <inheritdoc/>
    protected override async Task DoAsync(CancellationToken ct)
    {
        await MirrorTable.ForgetAbsencesAsync(source, Time.GetUtcNow() - Pause, ct);
        foreach (var status in await MirrorStatus.ListAsync(source, null, Time.GetUtcNow(), ct))
        {
            if (await RepositoryTable.FindAsync(source, status.Repository, ct) is not { Mirror: { } settings } repository) continue;
            var result = await RunAsync(repository, Time.GetUtcNow() - TimeSpan.FromDays(settings.RefreshDays), ct);
            if (result.Asked > 0) Log.Refreshed(logger, status.Repository, result.Asked, result.Changed, result.Failed);
        }
    }

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.Failed(logger, e);

    private static partial class Log
    {
        [LoggerMessage(545, LogLevel.Information,
            "The mirror {Repository} asked upstream about {Asked} documents: {Changed} are new, {Failed} got no answer")]
        public static partial void Refreshed(ILogger logger, string repository, int asked, int changed, int failed);

        [LoggerMessage(546, LogLevel.Warning, "Refreshing mirrors failed; it is repeated in an hour")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
