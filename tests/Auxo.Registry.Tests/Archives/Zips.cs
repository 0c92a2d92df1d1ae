using System.IO.Compression;
using System.Text;

namespace Auxo.Registry.Tests.Archives;

/// <summary>Zips and tars made by the framework, which tests then damage.</summary>
internal static class Zips
{
    public static byte[] Of(params (string Name, string Content)[] files)
        => Of([.. files.Select(static f => (f.Name, Encoding.UTF8.GetBytes(f.Content)))]);

    public static byte[] Of(params (string Name, byte[] Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    /// <summary>As programs write that cannot go back in their output: sizes stand behind the bytes.</summary>
    public static byte[] Streamed(params (string Name, string Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var forward = new ForwardOnly(stream))
        using (var zip = new ZipArchive(forward, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }

    /// <summary>With <paramref name="old"/> replaced where it stands for the n-th time, from 0.</summary>
    public static byte[] Replace(byte[] bytes, string old, string with, int nth)
    {
        var (from, to, copy) = (Encoding.ASCII.GetBytes(old), Encoding.ASCII.GetBytes(with), (byte[])bytes.Clone());
        Assert.Equal(from.Length, to.Length);
        var at = -1;
        for (var i = 0; i <= nth; i++)
        {
            at = copy.AsSpan(at + 1).IndexOf(from) is >= 0 and var next ? at + 1 + next
                : throw new InvalidOperationException($"'{old}' is not there {nth + 1} times.");
        }

        to.CopyTo(copy, at);
        return copy;
    }

    private sealed class ForwardOnly(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
