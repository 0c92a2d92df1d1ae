using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Logs;

/// <summary>A crash between a verdict and the end of its logs would leave them open, and those who follow them waiting.</summary>
internal sealed class OpenLogs(NpgsqlDataSource database, LogStore logs, ILogger<OpenLogs> logger)
{
    /// <summary>Ends the logs of builds that have their verdict. An error is only noted: it is done again at the next start.</summary>
    public async Task CloseAsync(CancellationToken ct)
    {
        try
        {
            var open = await Task.Run(logs.OpenBuilds, ct);
            if (open.Count == 0) return;
            foreach (var build in await BuildTable.DoneAsync(database, open, ct)) logs.CompleteBuild(build);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or UnauthorizedAccessException or TimeoutException
            or OperationCanceledException)
        {
            logger.LogInformation("Logs that a crash left open stay so until the next start: {Reason}", e.Message);
        }
    }
}
