using System.Threading.Channels;

namespace Auxo.Pipeline.Workspaces;

/// <summary>
/// After a build of many files, writes them once more, so that the next build of the same source writes only what changed
/// since. It happens behind the verdict, one at a time; what is asked for while much waits is forgotten, since a spare is only
/// ever a saving.
/// </summary>
public sealed class SpareWorker(WorkspaceStore workspaces, ILogger<SpareWorker> logger) : BackgroundService
{
    /// <summary>Below this many files a fresh checkout takes hardly longer than starting git.</summary>
    public const int WorthFiles = 64;

    private readonly Channel<(string Source, CommitId Commit)> _wanted =
        Channel.CreateBounded<(string, CommitId)>(new BoundedChannelOptions(16)
        {
            FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true,
        });

    /// <summary>A build of this commit has ended. Returns at once.</summary>
    public void Want(string source, CommitId commit) => _wanted.Writer.TryWrite((source, commit));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (source, commit) in _wanted.Reader.ReadAllAsync(stoppingToken))
            {
                try
                {
                    await workspaces.MakeSpareAsync(source, commit, stoppingToken);
                }
                catch (Exception e) when (e is WorkspaceException or GitException or IOException or UnauthorizedAccessException)
                {
                    logger.LogDebug("No spare workspace of {Source}: {Reason}", source, e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is half made is swept at the next start.
        }
    }
}
