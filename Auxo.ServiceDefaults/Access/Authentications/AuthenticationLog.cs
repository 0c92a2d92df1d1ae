using System.Diagnostics.Metrics;
using System.Net.Sockets;

using Auxo.BackgroundWork;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

using Npgsql;

namespace Auxo.ServiceDefaults.Access.Authentications;

/// <summary>
/// Who tried to get in, from where, with what, and why not. A request only counts in memory; every few seconds what came together is
/// written to <c>access.authentications</c>, one row for all that are alike on one day. A kill loses those seconds; a stop does not.
/// </summary>
public sealed partial class AuthenticationLog : PeriodicJob
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly TryCounts _counts = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Meter _meter = new("Auxo.Access");
    private readonly Counter<long> _authentications;
    private readonly AccessTokens _tokens;
    private readonly ServiceIdentity _service;
    private readonly ILogger<AuthenticationLog> _logger;
    private bool _isDisposed;

    /// <summary>Makes it.</summary>
    public AuthenticationLog(AccessTokens tokens, ServiceIdentity service, TimeProvider time, ILogger<AuthenticationLog> logger)
        : base(Interval, time, logger)
    {
        (_tokens, _service, _logger) = (tokens, service, logger);
        _authentications = _meter.CreateCounter<long>(
            "auxo_authentications", description: "Tries to get in, by kind and by outcome: accepted or refused.");
    }

    /// <summary>Somebody was let in.</summary>
    /// <param name="http">The request.</param>
    /// <param name="kind">One of <see cref="AuthenticationKinds"/>.</param>
    /// <param name="name">Whose token or session it is.</param>
    /// <param name="token">Which one; null where there is none.</param>
    public void Accepted(HttpContext http, string kind, string name, Guid? token)
        => Count("accepted", new AuthenticationTry(kind, "", CallerAddress.Address(http), name, token));

    /// <summary>Somebody was refused.</summary>
    /// <param name="http">The request.</param>
    /// <param name="kind">One of <see cref="AuthenticationKinds"/>.</param>
    /// <param name="refusal">One of <see cref="Refusals"/>.</param>
    /// <param name="name">Who he says that he is. It is written down only if there is an account of that name.</param>
    /// <param name="presented">The token, whose hash is compared with those that were; it is not kept.</param>
    public void Refused(HttpContext http, string kind, string refusal, string? name = null, string? presented = null)
        => Count("refused", new AuthenticationTry(
            kind, refusal, CallerAddress.Address(http), name is { Length: <= 100 } ? name : "",
            Hash: presented is null ? null : Convert.ToHexStringLower(AccessToken.Hash(presented))));

    /// <summary>Writes what has come together by now.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        var taken = _counts.Take();
        try
        {
            if (taken.Count > 0 && _tokens.Database is { } source) await AuthenticationTable.WriteAsync(source, _service.Name, taken, ct);
        }
        catch
        {
            _counts.PutBack(taken);
            throw;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // A host that gives up stops what it has taken apart before.
        if (_isDisposed) return;
        try
        {
            await WriteAsync(cancellationToken);
        }
        catch (Exception e) when (
            e is NpgsqlException or SocketException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            // The last seconds are lost; a service stops nevertheless.
            Report(e);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _isDisposed = true;
        _meter.Dispose();
        _writing.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task DoAsync(CancellationToken ct) => WriteAsync(ct);

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.NotWritten(_logger, e.Message);

    private void Count(string outcome, AuthenticationTry tried)
    {
        _authentications.Add(1, new("kind", tried.Kind), new KeyValuePair<string, object?>("outcome", outcome));
        _counts.Add(tried, Time.GetUtcNow());
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Warning, "The authentication log could not be written; it is tried again: {Reason}")]
        public static partial void NotWritten(ILogger logger, string reason);
    }
}
