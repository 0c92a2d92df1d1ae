using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Npgsql;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>
/// One process per service and database: an advisory lock that is taken before the service listens and kept while it lives. With two,
/// Wolverine would give a message that one of them has in hand to the other as well, and both would commit.
/// </summary>
internal sealed partial class OneProcess(
    ServiceIdentity service, IConfiguration configuration, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<OneProcess> logger)
    : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>How long a start waits for the process before it to be gone.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private NpgsqlConnection? _holding;
    private Task _keeping = Task.CompletedTask;
    private Task? _ended;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!await TakeAsync(cancellationToken))
        {
            if (time.GetElapsedTime(began) > Patience)
                throw new RefusedStartException(
                    $"Another process of {service.Name} works on this database. Stop it first: 'auxo down', or end it by hand.");
            await Task.Delay(Pause, time, cancellationToken);
        }

        _keeping = KeepAsync();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Last of all: what is in hand has ended.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    /// <summary>A host that is stopped and disposed at the same moment asks twice; both wait for the same end.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate) return new ValueTask(_ended ??= EndAsync());
    }

    private async Task EndAsync()
    {
        await _stopping.CancelAsync();
        await _keeping;
        if (_holding is not null) await _holding.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task<bool> TakeAsync(CancellationToken ct)
    {
        // Outside of the pool: closing it must end the lock.
        var settings = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("auxo"))
        {
            Pooling = false, ApplicationName = $"{service.Name} (one process)",
        };
        await using var source = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "one process" }.Build();
        var connection = source.CreateConnection();
        try
        {
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection);
            command.Parameters.Add(new() { Value = $"auxo service {service.Name}" });
            if (await command.ExecuteScalarAsync(ct) is not true) return false;
            (_holding, connection) = (connection, null!);
            return true;
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync();
        }
    }

    /// <summary>
    /// The connection may break, as when PostgreSQL restarts: then the lock is taken again, unless another process has it.
    /// </summary>
    private async Task KeepAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (_holding is null)
                {
                    if (await TakeAsync(_stopping.Token)) continue;
                    Log.Lost(logger, service.Name);
                    Environment.ExitCode = 1;
                    lifetime.StopApplication();
                    return;
                }

                if (await _holding.WaitAsync(KeepAlive, _stopping.Token)) continue;
                await using var alive = new NpgsqlCommand("select 1", _holding);
                await alive.ExecuteScalarAsync(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
            {
                Log.Broken(logger, e.Message);
                if (_holding is not null) await _holding.DisposeAsync();
                _holding = null;
                await Task.Delay(Pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(60, LogLevel.Critical, "Another process of {Service} has taken over; this one ends.")]
        public static partial void Lost(ILogger logger, string service);

        [LoggerMessage(61, LogLevel.Warning, "The connection that says that this is the only process broke ({Reason}); taking it again.")]
        public static partial void Broken(ILogger logger, string reason);
    }
}
