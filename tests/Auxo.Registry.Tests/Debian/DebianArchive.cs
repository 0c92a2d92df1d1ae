using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

using Auxo.Registry.Tests.Mirrors;

namespace Auxo.Registry.Tests.Debian;

/// <summary>A small repository of Debian packages, made by hand and served by a stand-in.</summary>
internal sealed class DebianArchive
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly List<string> _stanzas = [];

    /// <summary>Its indexes can be asked for by their hashes.</summary>
    public bool HasByHash { get; init; } = true;

    /// <summary>Everything beside: where its indexes are, empty for a flat one.</summary>
    public string Suite { get; init; } = "dists/stable";

    private string Folder => Suite.Length == 0 ? "" : Suite + "/";

    private string Index => Suite.Length == 0 ? "Packages.gz" : "main/binary-amd64/Packages.gz";

    /// <summary>Its files by their paths; a test may change them.</summary>
    public Dictionary<string, byte[]> Files => _files;

    /// <summary>Puts a package into it; the indexes are made anew.</summary>
    public string Add(string package, string version, byte[] content, string more = "")
    {
        var path = $"{(Suite.Length == 0 ? "" : $"pool/main/{package[0]}/{package}/")}{package}_{version}_amd64.deb";
        _files[path] = content;
        _stanzas.Add($"Package: {package}\nVersion: {version}\nArchitecture: amd64\nMaintainer: A <a@example.org>\n"
            + $"Description: demo\n{more}"
            + $"Filename: {(Suite.Length == 0 ? "./" : "")}{path}\nSize: {content.Length}\nSHA256: {Hash(content)}\n");
        Sign();
        return path;
    }

    /// <summary>Answers for it.</summary>
    public void Serve(UpstreamStandIn upstream) => upstream.Answer = async http =>
    {
        var path = http.Request.Path.Value!.TrimStart('/');
        if (!_files.TryGetValue(path, out var content))
        {
            http.Response.StatusCode = 404;
            return;
        }

        http.Response.Headers.ETag = $"\"{Hash(content)}\"";
        if (http.Request.Headers.IfNoneMatch == http.Response.Headers.ETag) http.Response.StatusCode = 304;
        else await http.Response.Body.WriteAsync(content);
    };

    /// <summary>What upstream's index is called by its hash.</summary>
    public string IndexByHash => $"{Folder}{(Suite.Length == 0 ? "" : "main/binary-amd64/")}by-hash/SHA256/{Hash(_files[Folder + Index])}";

    public string IndexPath => Folder + Index;

    public string ReleasePath => $"{Folder}InRelease";

    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private void Sign()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(string.Join('\n', _stanzas)));
        _files[Folder + Index] = packed.ToArray();
        if (HasByHash) _files[IndexByHash] = packed.ToArray();
        var (release, now) = (new StringBuilder(), TimeProvider.System.GetUtcNow());
        release.Append($"Origin: Demo\nSuite: stable\nCodename: stable\nDate: {now:R}\nArchitectures: amd64\nComponents: main\n"
            + $"{(HasByHash ? "Acquire-By-Hash: yes\n" : "")}SHA256:\n {Hash(packed.ToArray())} {packed.Length} {Index}\n");
        using var plain = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', _stanzas)));
        // apt asks for what it can unpack, and wants the unpacked one named too.
        release.Append($" {Hash(plain.ToArray())} {plain.Length} {Index[..^3]}\n");
        _files[$"{Folder}InRelease"] = Encoding.UTF8.GetBytes(release.ToString());
        _files[$"{Folder}Release"] = _files[$"{Folder}InRelease"];
    }
}
