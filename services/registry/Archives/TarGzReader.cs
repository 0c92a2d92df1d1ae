using System.Formats.Tar;
using System.IO.Compression;

namespace Auxo.Registry.Archives;

/// <summary>A <c>.tar.gz</c>, read once from its beginning to its end; single small files are taken into memory.</summary>
public static class TarGzReader
{
    /// <summary>Looks at every file, and takes those that <paramref name="wanted"/> names.</summary>
    /// <param name="stream">The whole archive.</param>
    /// <param name="wanted">Whether the file of this name is to be read.</param>
    /// <returns>The wanted files by name, and the folders and files at the top.</returns>
    /// <exception cref="ArchiveRefusedException">
    /// It is damaged, a name or link in it leaves it, or too much is in it.
    /// </exception>
    public static (IReadOnlyDictionary<string, byte[]> Files, IReadOnlySet<string> Tops) Read(Stream stream, Func<string, bool> wanted)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var (names, tops) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        try
        {
            using var gzip = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
            using var bounded = new BoundedStream(gzip, ArchiveLimits.UnpackedBytes(stream.Length));
            using var headers = new TarHeaderLimit(
                bounded, static what => new ArchiveRefusedException($"The archive {what}. Pack it again."));
            using var tar = new TarReader(headers);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is TarEntryType.GlobalExtendedAttributes) continue;
                var name = Name(entry);
                if (names.Count >= ArchiveLimits.MaxEntries) throw new ArchiveRefusedException(
                    $"The archive has more than {ArchiveLimits.MaxEntries} files in it.");
                tops.Add(name.Split('/')[0]);
                var isNew = names.Add(name);
                if (entry.EntryType is TarEntryType.Directory || !wanted(name)) continue;
                if (!isNew || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                    throw new ArchiveRefusedException(
                        $"'{ArchiveLimits.Shown(name)}' is in the archive twice, or is a link. Pack it again.");
                files.Add(name, Content(entry, name));
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or IOException
            or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw new ArchiveRefusedException("The archive is damaged: it is no '.tar.gz', or not all of one. Pack it again.", e);
        }

        return (files, tops);
    }

    private static string Name(TarEntry entry)
    {
        var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
        name = name.TrimEnd('/');
        if (name.Length == 0) name = ".";
        ArchiveLimits.RequireInside(name);
        if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink) RequireInside(name, entry);
        else if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile
            or TarEntryType.Directory or TarEntryType.SparseFile))
            throw new ArchiveRefusedException($"'{ArchiveLimits.Shown(name)}' is a device or the like. Pack it again without.");
        return name;
    }

    /// <summary>A link that leads out of the archive would have others' files written or read.</summary>
    private static void RequireInside(string name, TarEntry link)
    {
        var depth = link.EntryType is TarEntryType.HardLink ? 0 : name.Count(static c => c == '/');
        var target = link.LinkName;
        var outside = target.Length == 0 || target[0] == '/' || target.Contains('\\') || target.Any(char.IsControl);
        foreach (var part in outside ? [] : target.Split('/'))
        {
            depth += part switch { ".." => -1, "." or "" => 0, _ => 1 };
            outside |= depth < 0;
        }

        if (outside) throw new ArchiveRefusedException(
            $"'{ArchiveLimits.Shown(name)}' is a link that leads out of the archive. Pack it again without.");
    }

    private static byte[] Content(TarEntry entry, string name)
    {
        if (entry.Length > ArchiveLimits.MaxReadBytes) throw new ArchiveRefusedException(
            $"'{ArchiveLimits.Shown(name)}' in the archive is longer than {ArchiveLimits.MaxReadBytes} bytes.");
        var bytes = new byte[entry.Length];
        entry.DataStream?.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Stops when more comes out than may.</summary>
    private sealed class BoundedStream(Stream inner, long limit) : PassingStream(inner)
    {
        private long _read;

        protected override void Came(ReadOnlySpan<byte> bytes)
        {
            if ((_read += bytes.Length) > limit) throw new ArchiveRefusedException(
                $"The archive unpacks to more than {ArchiveLimits.MaxRatio} times its own size, as a bomb does. It was not kept.");
        }
    }
}
