using System.Text.RegularExpressions;

namespace Auxo.Registry.Oci;

/// <summary>What a path under <c>/v2/</c> is about.</summary>
public enum OciTarget
{
    /// <summary>One content: <c>blobs/DIGEST</c>.</summary>
    Blob,

    /// <summary>The place where uploads begin: <c>blobs/uploads/</c>.</summary>
    Uploads,

    /// <summary>An upload that is under way: <c>blobs/uploads/ID</c>.</summary>
    Upload,

    /// <summary>A manifest by tag or digest: <c>manifests/REFERENCE</c>.</summary>
    Manifest,

    /// <summary>The tags: <c>tags/list</c>.</summary>
    Tags,

    /// <summary>Who refers to a manifest: <c>referrers/DIGEST</c>.</summary>
    Referrers,
}

/// <summary>A path under <c>/v2/</c>, read from its end: an image's name may have any number of parts, also ones like
/// <c>blobs</c>.</summary>
/// <param name="Repository">Auxo's repository: the name's first part.</param>
/// <param name="Image">The rest of the name; empty when there is none.</param>
/// <param name="Target">What it is about.</param>
/// <param name="Reference">Digest, tag or id, as it was sent; empty where the target has none.</param>
public sealed partial record OciPath(string Repository, string Image, OciTarget Target, string Reference)
{
    private const int LongestName = 255;

    /// <summary>The whole name, as clients write it.</summary>
    public string Name => NameOf(Repository, Image);

    /// <summary>Whether the name is one that an image can have.</summary>
    public bool HasValidName => IsName(Name);

    /// <summary>The whole name of an image.</summary>
    public static string NameOf(string repository, string image) => image.Length == 0 ? repository : $"{repository}/{image}";

    /// <summary>Whether an image can have this name: parts of small letters and digits, with '.', '_', '__' or dashes between.</summary>
    public static bool IsName(string name) => name.Length <= LongestName && Names().IsMatch(name);

    /// <summary>Whether this can be a tag.</summary>
    public static bool IsTag(string text) => Tags().IsMatch(text);

    /// <summary>The repository and the image of a whole name.</summary>
    public static (string Repository, string Image) Split(string name)
        => name.IndexOf('/', StringComparison.Ordinal) is > 0 and var at ? (name[..at], name[(at + 1)..]) : (name, "");

    /// <summary>Reads what comes after <c>/v2/</c> and the repository; null when it is no such path.</summary>
    public static OciPath? Parse(string repository, string? rest)
    {
        var parts = (rest ?? "").Split('/');
        OciPath? At(int count, OciTarget target, string reference)
            => new(repository, string.Join('/', parts[..^count]), target, reference);
        return parts switch
        {
            [.., "blobs", "uploads", ""] => At(3, OciTarget.Uploads, ""),
            [.., "blobs", "uploads"] => At(2, OciTarget.Uploads, ""),
            [.., "blobs", "uploads", var id] => At(3, OciTarget.Upload, id),
            [.., "blobs", var digest] => At(2, OciTarget.Blob, digest),
            [.., "manifests", var reference] => At(2, OciTarget.Manifest, reference),
            [.., "tags", "list"] => At(2, OciTarget.Tags, ""),
            [.., "referrers", var digest] => At(2, OciTarget.Referrers, digest),
            _ => null,
        };
    }

    [GeneratedRegex("^[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*\\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Names();

    [GeneratedRegex("^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Tags();
}
