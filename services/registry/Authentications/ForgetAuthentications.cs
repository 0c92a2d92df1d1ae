using System.Globalization;

using Npgsql;

namespace Auxo.Registry.Authentications;

/// <summary>
/// Takes away what was written down of tries to get in longer ago than <c>Auxo:Access:LogDays</c> (90), for all services.
/// </summary>
internal sealed partial class ForgetAuthentications(
    NpgsqlDataSource source, IConfiguration configuration, TimeProvider time, ILogger<ForgetAuthentications> logger)
    : PeriodicJob(TimeSpan.FromHours(6), time, logger)
{
    private readonly int _days = configuration["Auxo:Access:LogDays"] is not { Length: > 0 } text ? 90
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and < 10_000 ? days
        : throw new FormatException($"Auxo:Access:LogDays is '{text}'; it must be a number from 1 to 9999.");

    /// <summary>Takes them away now.</summary>
    internal Task ForgetAsync(CancellationToken ct)
        => source.ExecuteAsync(ct, "delete from access.authentications where day < ($1 at time zone 'UTC')::date",
            Time.GetUtcNow() - TimeSpan.FromDays(_days));

    protected override Task DoAsync(CancellationToken ct) => ForgetAsync(ct);

    protected override void Report(Exception e) => Log.Failed(logger, e);

    private static partial class Log
    {
        [LoggerMessage(570, LogLevel.Warning, "Old rows of the authentication log could not be taken away; it is tried again in six hours")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
