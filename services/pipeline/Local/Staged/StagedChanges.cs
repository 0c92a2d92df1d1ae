using System.Text;

namespace Auxo.Pipeline.Local.Staged;

/// <summary>Which paths a commit of the index would change.</summary>
/// <param name="After">Files and links that it adds or changes: what is judged. Submodules are another repository's.</param>
/// <param name="Before">Those that it changes or removes, as they stand in the commit before.</param>
internal sealed record StagedChanges(IReadOnlySet<string> After, IReadOnlySet<string> Before)
{
    /// <summary>Reads what <c>git diff-tree -r -z --raw --no-renames --no-abbrev</c> prints.</summary>
    public static StagedChanges Read(ReadOnlySpan<byte> printed)
    {
        var (after, before) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        while (printed.IndexOf((byte)0) is >= 0 and var head)
        {
            var modes = Encoding.ASCII.GetString(printed[..head]).Split(' ');
            printed = printed[(head + 1)..];
            if (printed.IndexOf((byte)0) is not (>= 0 and var end)) break;
            var path = Encoding.UTF8.GetString(printed[..end]);
            printed = printed[(end + 1)..];
            if (IsContent(modes[0].TrimStart(':'))) before.Add(path);
            if (modes.Length > 1 && IsContent(modes[1])) after.Add(path);
        }

        return new StagedChanges(after, before);
    }

    /// <summary>Only what is changed against another parent too: the rest of a merge is the other side's work.</summary>
    public StagedChanges And(StagedChanges other)
        => this with { After = After.Where(other.After.Contains).ToHashSet(StringComparer.Ordinal) };

    /// <summary>Neither nothing nor the commit of a submodule.</summary>
    private static bool IsContent(string mode) => mode is not ("000000" or "160000");
}
