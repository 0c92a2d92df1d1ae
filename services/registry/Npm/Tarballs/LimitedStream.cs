using Auxo.Registry.Archives;

namespace Auxo.Registry.Npm.Tarballs;

/// <summary>What is unpacked, as far as it may be: a small tarball can hold very much of the same.</summary>
internal sealed class LimitedStream(Stream unpacked, long limitBytes) : PassingStream(unpacked)
{
    private long _read;

    protected override void Came(ReadOnlySpan<byte> bytes)
    {
        if ((_read += bytes.Length) > limitBytes)
            throw new BadTarballException($"unpacks to more than {limitBytes} bytes, which no client should have to");
    }
}
