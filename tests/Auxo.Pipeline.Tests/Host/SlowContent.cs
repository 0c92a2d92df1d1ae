using System.Net;
using System.Text;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>A body of JSON of unknown length, whose end comes when it is told to.</summary>
internal sealed class SlowContent(string json) : HttpContent
{
    /// <summary>More than lies on the way between the two sides.</summary>
    private const int Blanks = 1 << 20;

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The other side reads it, so it has let the call in.</summary>
    public Task Begun => _begun.Task;

    public void End() => _end.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(new string(' ', Blanks)));
        await stream.FlushAsync();
        _begun.TrySetResult();
        await _end.Task;
        await stream.WriteAsync(Encoding.UTF8.GetBytes(json));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
