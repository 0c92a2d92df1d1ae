namespace Auxo.Cli;

/// <summary>
/// The body of an answer, read with a limit for silence: a service that stopped in its middle would be waited for without end.
/// </summary>
internal sealed class PatientStream(Stream inner, TimeSpan patience, TimeProvider time, Func<Exception> silent) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The same content, so read.</summary>
    /// <param name="content">What has not been read yet.</param>
    /// <param name="patience">So long nothing may come.</param>
    /// <param name="time">By which that is measured.</param>
    /// <param name="silent">What is thrown then.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<HttpContent> LimitAsync(
        HttpContent content, TimeSpan patience, TimeProvider time, Func<Exception> silent, CancellationToken ct)
    {
        var limited = new StreamContent(new PatientStream(await content.ReadAsStreamAsync(ct), patience, time, silent));
        foreach (var (name, values) in content.Headers) limited.Headers.TryAddWithoutValidation(name, values);
        return limited;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var silence = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            return await inner.ReadAsync(buffer, both.Token);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw silent();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
