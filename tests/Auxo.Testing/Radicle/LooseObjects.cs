using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Auxo.Testing.Radicle;

/// <summary>Writes git objects and refs straight into a bare repository: microseconds instead of a process each.</summary>
internal sealed class LooseObjects(string repository)
{
    private readonly SortedDictionary<string, string> _refs = new(StringComparer.Ordinal);

    public string Blob(ReadOnlySpan<byte> data) => Write("blob", data);

    public string Blob(string text) => Blob(Encoding.UTF8.GetBytes(text));

    public string Commit(string text) => Write("commit", Encoding.UTF8.GetBytes(text));

    /// <summary>A tree of files; paths with slashes become folders, scripts get the executable bit.</summary>
    public string Tree(IReadOnlyDictionary<string, byte[]> files)
        => Tree(files.ToDictionary(f => f.Key, f
            => (f.Key.EndsWith(".sh", StringComparison.Ordinal)
                || f.Value.AsSpan().StartsWith("#!"u8) ? "100755" : "100644", Blob(f.Value)), StringComparer.Ordinal));

    /// <summary>A tree of entries: path → mode and object.</summary>
    public string Tree(IReadOnlyDictionary<string, (string Mode, string Oid)> entries)
    {
        var here = entries.Where(e => !e.Key.Contains('/', StringComparison.Ordinal))
            .Select(e => (Name: e.Key, e.Value.Mode, e.Value.Oid)).ToList();
        foreach (var folder in entries.Where(e => e.Key.Contains('/', StringComparison.Ordinal))
            .GroupBy(e => e.Key[..e.Key.IndexOf('/', StringComparison.Ordinal)]))
            here.Add((folder.Key, "40000", Tree(
                folder.ToDictionary(e => e.Key[(folder.Key.Length + 1)..], e => e.Value, StringComparer.Ordinal))));
        var data = new MemoryStream();
        foreach (var (name, mode, oid) in here.OrderBy(e => e.Mode == "40000" ? e.Name + "/" : e.Name, StringComparer.Ordinal))
        {
            data.Write(Encoding.UTF8.GetBytes($"{mode} {name}\0"));
            data.Write(Convert.FromHexString(oid));
        }

        return Write("tree", data.ToArray());
    }

    public void Ref(string name, string oid)
    {
        var path = Path.Combine(repository, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".new", oid + "\n");
        File.Move(path + ".new", path, overwrite: true);
        _refs[name] = oid;
    }

    public void DeleteRef(string name)
    {
        if (_refs.Remove(name)) File.Delete(Path.Combine(repository, name));
    }

    public string? Ref(string name) => _refs.GetValueOrDefault(name);

    /// <summary>The refs under a folder that this writer made, names relative to it, sorted.</summary>
    public IEnumerable<(string Name, string Oid)> Refs(string folder)
        => _refs.Where(r => r.Key.StartsWith(folder + "/", StringComparison.Ordinal)).Select(r => (r.Key[(folder.Length + 1)..], r.Value));

    /// <summary>The id that these bytes have as a blob.</summary>
    public static string BlobId(ReadOnlySpan<byte> data) => Id(Content("blob", data));

    private static byte[] Content(string type, ReadOnlySpan<byte> data) => [.. Encoding.ASCII.GetBytes($"{type} {data.Length}\0"), .. data];

#pragma warning disable CA5350 // Git's objects are named by SHA-1.
    private static string Id(byte[] content) => Convert.ToHexStringLower(SHA1.HashData(content));
#pragma warning restore CA5350

    private string Write(string type, ReadOnlySpan<byte> data)
    {
        var content = Content(type, data);
        var oid = Id(content);
        var path = Path.Combine(repository, "objects", oid[..2], oid[2..]);
        if (File.Exists(path)) return oid;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var file = File.Create(path + ".new"))
        {
            using var zlib = new ZLibStream(file, CompressionLevel.Fastest);
            zlib.Write(content);
        }

        File.Move(path + ".new", path, overwrite: true);
        return oid;
    }
}
