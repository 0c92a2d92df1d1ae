using Auxo.Registry.Mirrors;

namespace Auxo.Registry.Debian;

/// <summary>What a path of a Debian repository is about.</summary>
public enum DebianTarget
{
    /// <summary>What is signed: <c>InRelease</c>, <c>Release</c> or <c>Release.gpg</c>.</summary>
    Release,

    /// <summary>A content that the path itself names by its hash: <c>by-hash/SHA256/HEX</c>.</summary>
    ByHash,

    /// <summary>An index or a package; only the indexes can say which.</summary>
    Named,

    /// <summary>A list of changes since an older index, which is not mirrored.</summary>
    Changes,
}

/// <summary>A path of a Debian repository, below its address.</summary>
/// <param name="Value">As it was asked for, decoded.</param>
/// <param name="Target">What it is about.</param>
/// <param name="Hash">What a <see cref="DebianTarget.ByHash"/> has to be; null for another.</param>
public sealed record DebianPath(string Value, DebianTarget Target, ExpectedDigest? Hash = null)
{
    /// <summary>Reads one; null for a hash that is none.</summary>
    /// <param name="path">Decoded, without dots and empty parts.</param>
    public static DebianPath? Parse(string path)
    {
        var parts = path.Split('/');
        if (parts.Any(static p => p.EndsWith(".diff", StringComparison.Ordinal))) return new DebianPath(path, DebianTarget.Changes);
        if (parts[^1] is "InRelease" or "Release" or "Release.gpg") return new DebianPath(path, DebianTarget.Release);
        if (parts is not [.., "by-hash", var algorithm, var hex]) return new DebianPath(path, DebianTarget.Named);
        return algorithm is "SHA256" or "SHA512" && ExpectedDigest.OfHex(algorithm.ToLowerInvariant(), hex) is { } hash
            ? new DebianPath(path, DebianTarget.ByHash, hash) : null;
    }

    /// <summary>The folder of a path, with a slash at its end; empty at the top.</summary>
    public static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];

    /// <summary>Where an index is by its hash, which is also what it is kept under.</summary>
    public static string ByHash(string index, string sha256) => $"{FolderOf(index)}by-hash/SHA256/{sha256}";

    /// <summary>Whether a content that is known by its hash may list packages: it lies where such indexes lie.</summary>
    public static bool MayList(string byHash)
        => byHash.Split('/') is [.. var before, "by-hash", _, _]
            && (before is [] or [not "dists", ..] || before[^1] == "source" || before[^1].StartsWith("binary-", StringComparison.Ordinal));

    /// <summary>The package and its version that a file's name says; its name and nothing when it says none.</summary>
    public static (string Package, string Version) PackageOf(string path)
    {
        var file = path[(path.LastIndexOf('/') + 1)..];
        var parts = file.Split('_');
        return parts.Length switch
        {
            3 when file.EndsWith("deb", StringComparison.Ordinal) => (parts[0], parts[1]),
            2 => (parts[0], parts[1][..(parts[1].LastIndexOf('-') is > 0 and var dash ? dash : parts[1].Length)]),
            _ => (file, ""),
        };
    }
}
