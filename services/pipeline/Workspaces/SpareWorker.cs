using System.Threading.Channels;


namespace Auxo.Pipeline.Workspaces;

/// <summary>
/// After a build of many files, writes them once more, so that the next build of the same source writes only what changed
/// since. It happens behind the verdict, one at a time; what is asked for while much waits is forgotten, since a spare is only
/// ever a saving.
/// </summary>
public sealed class SpareWorker(WorkspaceStore workspaces, TimeProvider time, ILogger<SpareWorker> logger)
    : BackgroundLoop(time, logger)
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
    protected override async Task TurnAsync(CancellationToken ct)
    {
        var (source, commit) = await _wanted.Reader.ReadAsync(ct);
        try
        {
            await workspaces.MakeSpareAsync(source, commit, ct);
        }
        catch (Exception e) when (e is WorkspaceException or GitException or IOException or UnauthorizedAccessException)
        {
            logger.LogDebug("No spare workspace of {Source}: {Reason}", source, e.Message);
        }
    }
}
