using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

using Auxo.Registry.Archives;

namespace Auxo.Registry.Npm.Tarballs;

/// <summary>What a package's tarball has in it, as far as a registry has to know.</summary>
/// <param name="PackageJson">The bytes of its <c>package.json</c>.</param>
/// <param name="FileCount">Its files.</param>
/// <param name="UnpackedSize">Their bytes.</param>
/// <param name="HasShrinkwrap">It says itself which versions its dependencies have.</param>
/// <param name="HasBindingGyp">It is compiled when it is installed.</param>
/// <param name="HasServerJs">npm starts that file when told nothing else.</param>
internal sealed record Tarball(
    byte[] PackageJson, int FileCount, long UnpackedSize, bool HasShrinkwrap, bool HasBindingGyp, bool HasServerJs)
{
    /// <summary>Files and folders of one tarball.</summary>
    public const int MostEntries = 100_000;

    /// <summary>All files of one tarball together.</summary>
    public const long MostBytes = 2L << 30;

    /// <summary>Of <c>package.json</c>.</summary>
    public const int MostPackageJson = 4 << 20;

    /// <summary>So much always, and beyond it so many times what came: nothing that people write is packed tighter.</summary>
    private const long FreeBytes = 64 << 20;
    private const int MostRatio = 100;
    private const int LongestPath = 1024;

    /// <summary>Reads it to its end.</summary>
    /// <param name="gzip">The tarball; it is left open.</param>
    /// <param name="sizeBytes">How long it is.</param>
    /// <param name="ct">Stops between two entries.</param>
    /// <exception cref="BadTarballException">It is damaged, or one that no client should unpack.</exception>
    public static Task<Tarball> ReadAsync(Stream gzip, long sizeBytes, CancellationToken ct)
        => ReadAsync(gzip, Math.Min(MostBytes, FreeBytes + sizeBytes * MostRatio), MostEntries, ct);

    /// <summary>With limits of its own.</summary>
    internal static async Task<Tarball> ReadAsync(Stream gzip, long limitBytes, int mostEntries, CancellationToken ct)
    {
        await using var unpacked = new LimitedStream(new GZipStream(gzip, CompressionMode.Decompress, leaveOpen: true), limitBytes);
        var found = new Contents(mostEntries);
        try
        {
            await using var headers = new TarHeaderLimit(unpacked, static what => new BadTarballException(what));
            await using var reader = new TarReader(headers, leaveOpen: true);
            while (await reader.GetNextEntryAsync(copyData: false, ct) is { } entry) await found.AddAsync(entry, ct);
            await RequireNothingMoreAsync(unpacked, ct);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException
            or OverflowException or NotSupportedException or InvalidOperationException)
        {
            throw new BadTarballException("is damaged, or no tarball (.tgz) at all");
        }

        return found.ToTarball();
    }

    /// <summary>Readers that do not stop at the end's mark would find other files than this one.</summary>
    private static async Task RequireNothingMoreAsync(Stream rest, CancellationToken ct)
    {
        var buffer = new byte[16 << 10];
        while (await rest.ReadAsync(buffer, ct) is > 0 and var read)
        {
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0)) throw new BadTarballException("goes on after its end");
        }
    }

    /// <summary>What was seen so far.</summary>
    private sealed class Contents(int mostEntries)
    {
        private readonly HashSet<string> _files = new(StringComparer.Ordinal);
        private string? _top;
        private int _entries;
        private long _bytes;
        private byte[]? _packageJson;

        public async Task AddAsync(TarEntry entry, CancellationToken ct)
        {
            if (++_entries > mostEntries) throw new BadTarballException($"has more than {mostEntries} entries");
            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes) return;
            var path = Inside(entry.Name);
            if (entry.EntryType is TarEntryType.Directory) return;
            if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                throw new BadTarballException($"has a link in it ('{Shown(entry.Name)}'); a package has files only");
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                throw new BadTarballException($"has something in it that is no file ('{Shown(entry.Name)}')");
            if (!_files.Add(path)) throw new BadTarballException($"has '{Shown(path)}' twice");
            _bytes += entry.Length;
            if (path == "package.json") _packageJson = await ReadPackageJsonAsync(entry, ct);
        }

        public Tarball ToTarball()
            => new(
                _packageJson ?? throw new BadTarballException("has no package.json in its folder"), _files.Count, _bytes,
                _files.Contains("npm-shrinkwrap.json"), _files.Contains("binding.gyp"), _files.Contains("server.js"));

        /// <summary>The path below the one folder that installers leave out.</summary>
        private string Inside(string name)
        {
            if (name.Length > LongestPath) throw new BadTarballException($"has a path of more than {LongestPath} characters");
            var parts = name.TrimEnd('/').Split('/');
            if (parts is ["." , _, ..]) parts = parts[1..];
            if (parts.Any(static p => p is "" or "." or "..") || name.AsSpan().IndexOfAny('\\', '\0') >= 0)
                throw new BadTarballException($"has a path that leads elsewhere ('{Shown(name)}')");
            _top ??= parts[0];
            if (parts[0] != _top) throw new BadTarballException($"has two folders in it, '{Shown(_top)}' and '{Shown(parts[0])}'");
            return string.Join('/', parts[1..]);
        }

        private static async Task<byte[]> ReadPackageJsonAsync(TarEntry entry, CancellationToken ct)
        {
            if (entry.Length > MostPackageJson) throw new BadTarballException($"has a package.json of more than {MostPackageJson} bytes");
            var bytes = new byte[entry.Length];
            if (entry.DataStream is { } data) await data.ReadExactlyAsync(bytes, ct);
            return bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        }

        private static string Shown(string text) => text.Length > 80 ? text[..79] + "…" : text;
    }
}

/// <summary>400: a tarball that is not kept.</summary>
public sealed class BadTarballException(string what)
    : AuxoException("npm/bad-tarball", StatusCodes.Status400BadRequest,
        $"The tarball {what}. Nothing of it was kept. 'npm pack' makes a good one.");
