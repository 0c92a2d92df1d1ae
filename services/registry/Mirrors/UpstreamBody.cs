using Auxo.Registry.Archives;

namespace Auxo.Registry.Mirrors;

/// <summary>Too little came for too long.</summary>
internal sealed class UpstreamStillException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>
/// A body that breaks off when nothing, or next to nothing, came in half a minute of waiting: an upstream that stands
/// still, or sends a byte now and then, holds nobody.
/// </summary>
internal sealed class UpstreamBody(Stream inner, TimeProvider time) : PassingStream(inner)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Slower than this no line is that anybody still waits for.</summary>
    private const int LeastBytes = 30 << 10;
    private TimeSpan _waited;
    private long _came;

    /// <summary>Nobody may wait for upstream by holding a thread.</summary>
    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var began = time.GetTimestamp();
        try
        {
            var read = await base.ReadAsync(buffer, limit.Token);
            if (read > 0) RequirePace(time.GetElapsedTime(began), read);
            return read;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UpstreamStillException($"nothing came for {Patience.TotalSeconds:0} s", e);
        }
    }

    /// <summary>Only the waiting counts: who reads slowly is not upstream's fault.</summary>
    private void RequirePace(TimeSpan waited, int read)
    {
        (_waited, _came) = (_waited + waited, _came + read);
        if (_waited < Patience) return;
        if (_came < LeastBytes)
            throw new UpstreamStillException($"only {_came} bytes came in {_waited.TotalSeconds:0} s");
        (_waited, _came) = (TimeSpan.Zero, 0);
    }
}
