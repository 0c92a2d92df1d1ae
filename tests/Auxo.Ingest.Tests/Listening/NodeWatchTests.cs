using Auxo.Ingest.Listening;
using Auxo.Ingest.Scanning;
using Auxo.ServiceDefaults.Repositories;
using Auxo.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace Auxo.Ingest.Tests.Listening;

public sealed class NodeWatchTests
{
    [Fact]
    public async Task an_unexpected_error_while_the_profile_is_searched_does_not_end_the_service()
    {
        var time = new ManualTime();
        using var observer = new Observer(null!, null!, new RepositoryFolders("/nowhere"), time, NullLogger<Observer>.Instance);
        using var watch = new NodeWatch(
            observer, new NodeEnvironment(static _ => "/no\0path"), time, NullLogger<NodeWatch>.Instance);
        await watch.StartAsync(CancellationToken.None);

        Assert.Null(await watch.HomeAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(NodeState.Absent, watch.Status.State);
        Assert.Contains("cannot be read", watch.Status.Reason, StringComparison.Ordinal);
        Assert.False(watch.ExecuteTask!.IsCompleted);
        await watch.StopAsync(CancellationToken.None);
    }
}
