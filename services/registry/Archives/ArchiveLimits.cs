namespace Auxo.Registry.Archives;

/// <summary>
/// How much an archive may unpack to. Only its metadata is read here, but who installs it unpacks all of it: what would fill his
/// disk is not handed out.
/// </summary>
public static class ArchiveLimits
{
    /// <summary>Files and folders in it.</summary>
    public const int MaxEntries = 100_000;

    /// <summary>Of the list of its files.</summary>
    public const long MaxDirectoryBytes = 32L << 20;

    /// <summary>Of a file that is read whole.</summary>
    public const int MaxReadBytes = 4 << 20;

    /// <summary>So much is never too much.</summary>
    public const long AlwaysBytes = 64L << 20;

    /// <summary>More than this many times its own size is a bomb.</summary>
    public const long MaxRatio = 50;

    /// <summary>What an archive of this size may unpack to, in bytes.</summary>
    public static long UnpackedBytes(long packedBytes) => Math.Max(AlwaysBytes, packedBytes * MaxRatio);

    /// <summary>Refuses a name that would leave the folder into which it is unpacked.</summary>
    /// <exception cref="ArchiveRefusedException">It would.</exception>
    public static void RequireInside(string name)
    {
        if (name.Length is 0 or > 4096 || name[0] == '/' || name.Contains('\\') || name.Any(char.IsControl)
            || name is [(>= 'a' and <= 'z') or (>= 'A' and <= 'Z'), ':', ..] || name.Split('/').Contains(".."))
            throw new ArchiveRefusedException(
                $"A file in it is named '{Shown(name)}', which may leave the folder into which it is unpacked. Pack it again.");
    }

    /// <summary>A name as it can be shown.</summary>
    internal static string Shown(string name)
        => new([.. name.Take(80).Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
}
