using System.Globalization;

using Npgsql;

namespace Auxo.Registry.Fetching;

/// <summary>
/// Takes away what was written down of downloads longer ago than <c>Auxo:Registry:FetchDays</c> (400). What a build fetched stays for
/// as long as what it made is here.
/// </summary>
internal sealed partial class ForgetFetches(
    NpgsqlDataSource source, IConfiguration configuration, TimeProvider time, ILogger<ForgetFetches> logger)
    : PeriodicJob(TimeSpan.FromHours(6), time, logger)
{
    private readonly int _days = configuration["Auxo:Registry:FetchDays"] is not { Length: > 0 } text ? 400
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days > 0 ? days
        : throw new FormatException($"Auxo:Registry:FetchDays is '{text}'; it must be a number from 1 on.");

    protected override Task DoAsync(CancellationToken ct) => RunAsync(ct);

    /// <summary>Once.</summary>
    internal async Task RunAsync(CancellationToken ct)
    {
        var before = Time.GetUtcNow() - TimeSpan.FromDays(_days);
        await source.ExecuteAsync(ct,
            """
            delete from registry.fetches where day < ($1 at time zone 'UTC')::date
                and caller not in (select 'build ' || build_id from registry.publications where state = 'published')
            """, before);
        await source.ExecuteAsync(ct,
            """
            delete from registry.builds where finished_at < $1
                and build_id not in (select build_id from registry.publications where state = 'published')
            """, before);
    }

    protected override void Report(Exception e) => Log.Failed(logger, e);

    private static partial class Log
    {
        [LoggerMessage(551, LogLevel.Warning, "Old downloads could not be taken out of the list; it is tried again in six hours")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
