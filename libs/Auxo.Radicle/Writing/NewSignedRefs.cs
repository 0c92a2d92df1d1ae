using System.Globalization;
using System.Text;

using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>A key's signature under all refs of its namespace, as Radicle's own programs make it.</summary>
internal static class NewSignedRefs
{
    /// <summary>The ref of the signature, which is not among those that it covers.</summary>
    public const string Name = "refs/rad/sigrefs";

    private const string ParentName = "refs/rad/sigrefs-parent";

    /// <summary>Adds it to the objects that are to be stored.</summary>
    /// <param name="objects">What is to be stored.</param>
    /// <param name="key">The namespace's.</param>
    /// <param name="refs">Names without the namespace, and what they point at.</param>
    /// <param name="before">The signature before it; null for the first.</param>
    /// <param name="level">How much it shall cover: an older node refuses what it does not know.</param>
    /// <param name="at">When.</param>
    /// <returns>Its commit.</returns>
    public static string AddTo(
        NewObjects objects, SigningKey key, IReadOnlyDictionary<string, string> refs, string? before, SignedRefsLevel level,
        DateTimeOffset at)
    {
        var lines = refs.Where(static r => r.Key != Name).ToDictionary(StringComparer.Ordinal);
        if (before is not null && level == SignedRefsLevel.Parent) lines[ParentName] = before;
        var text = Encoding.UTF8.GetBytes(string.Concat(
            lines.OrderBy(static line => line.Key, StringComparer.Ordinal).Select(static line => $"{line.Value} {line.Key}\n")));
        var tree = objects.Tree([("refs", objects.Blob(text)), ("signature", objects.Blob(key.Sign(text)))]);
        var who = string.Create(CultureInfo.InvariantCulture, $"radicle <{key.Owner.Nid}> {at.ToUnixTimeSeconds()} +0000");
        var parent = before is null ? "" : $"parent {before}\n";
        return objects.Commit($"tree {tree}\n{parent}author {who}\ncommitter {who}\n\nUpdate signed refs\n");
    }
}
