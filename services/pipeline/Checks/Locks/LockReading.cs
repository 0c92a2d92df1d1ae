using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Locks;

/// <summary>Reads lock files out of git.</summary>
internal static class LockReading
{
    /// <summary>Those of the largest programs have a few MiB.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>The text of the file; null when it is too large.</summary>
    public static async Task<string?> TextAsync(SourceTree tree, LockFile file, CancellationToken ct)
        => await tree.ReadAsync(file.Entry.Oid, ct, MaxBytes) is { } content ? OutsideText.Decode(content.Span) : null;

    /// <summary>The text and the packages of a file that can be read here.</summary>
    /// <exception cref="LockFormatException">It is too large, or not what its name says.</exception>
    public static async Task<(string Text, IReadOnlyList<LockedPackage> Packages)> ReadAsync(
        SourceTree tree, LockFile file, CancellationToken ct)
    {
        var text = await TextAsync(tree, file, ct) ?? throw new LockFormatException($"it is larger than {MaxBytes >> 20} MiB");
        return (text, Packages(file.Kind, text));
    }

    /// <summary>The packages of a kind that can be read here.</summary>
    /// <exception cref="LockFormatException">The text is not what its name says.</exception>
    public static IReadOnlyList<LockedPackage> Packages(LockKind kind, string text)
    {
        try
        {
            return kind.Read!(text);
        }
        catch (InvalidOperationException)
        {
            // Half a character, as JSON can write it.
            throw new LockFormatException("it holds text that is no Unicode");
        }
    }
}
