using System.Threading.Channels;

using Marten;
using Marten.Services;

namespace Auxo.ServiceDefaults.Changes;

/// <summary>
/// Tells whoever listens, in this process, which streams a commit has added to. It promises nothing: who comes late or is slow has missed
/// something, and looks again. That is enough for pages, which show what is there, and costs a commit nothing while nobody looks.
/// </summary>
public sealed class ChangeFeed : DocumentSessionListenerBase
{
    /// <summary>Who is behind by more loses the oldest.</summary>
    private const int Kept = 256;

    private readonly Lock _gate = new();
    private volatile Channel<string>[] _listeners = [];

    /// <inheritdoc/>
    public override Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token)
    {
        if (_listeners.Length == 0) return Task.CompletedTask;
        foreach (var stream in commit.GetStreams()) Tell(stream.Key);
        return Task.CompletedTask;
    }

    /// <summary>The keys of streams as they change, such as <c>build/3f2a…</c>, from now on.</summary>
    public async IAsyncEnumerable<string> ListenAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var channel = Channel.CreateBounded<string>(new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_gate) _listeners = [.. _listeners, channel];
        try
        {
            await foreach (var key in channel.Reader.ReadAllAsync(ct)) yield return key;
        }
        finally
        {
            lock (_gate) _listeners = [.. _listeners.Where(other => other != channel)];
        }
    }

    /// <summary>Says that something has changed: a stream's key, or, of what has no stream, a word for it, after its commit.</summary>
    public void Tell(string? key)
    {
        if (key is null) return;
        foreach (var listener in _listeners) listener.Writer.TryWrite(key);
    }
}
