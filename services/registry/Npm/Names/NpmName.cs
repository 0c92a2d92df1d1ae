using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Auxo.Registry.Npm.Names;

/// <summary>
/// The name of an npm package: <c>left-pad</c>, or <c>@acme/left-pad</c> with a scope. It is ASCII and is compared as it is written.
/// </summary>
/// <remarks>
/// Names with capital letters are read, since the world's registry has some from its first years; none is made here.
/// </remarks>
public readonly record struct NpmName
{
    /// <summary>In all, scope and slash included: npm's own limit.</summary>
    public const int MaxLength = 214;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~");

    private NpmName(string value) => Value = value;

    /// <summary>As it is written, with a raw slash after the scope.</summary>
    public string Value => field ?? throw new InvalidOperationException("This name was never set.");

    /// <summary>The scope with its <c>@</c>; null when it has none.</summary>
    public string? Scope => Value[0] == '@' ? Value[..Value.IndexOf('/')] : null;

    /// <summary>Without the scope: what names of tarballs begin with.</summary>
    public string Bare => Value[0] == '@' ? Value[(Value.IndexOf('/') + 1)..] : Value;

    /// <summary>Reads a name with a raw slash.</summary>
    /// <param name="text">Decoded.</param>
    /// <param name="name">The name.</param>
    /// <param name="refusal">What is wrong with it, as the end of a sentence.</param>
    public static bool TryParse(string? text, out NpmName name, [NotNullWhen(false)] out string? refusal)
    {
        name = default;
        refusal = Refuse(text ?? "");
        if (refusal is null) name = new NpmName(text!);
        return refusal is null;
    }

    /// <summary>What forbids a new package of this name, as the end of a sentence; null when nothing does.</summary>
    public string? RefuseNew()
    {
        foreach (var c in Value)
        {
            if (char.IsAsciiLetterUpper(c)) return "has a capital letter in it; names of new packages have small ones only";
            if (c == '~') return "has a '~' in it, which names of new packages have not";
        }

        return Bare is "node_modules" or "favicon.ico" ? "is a name that means something else to npm" : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static string? Refuse(string text)
    {
        if (text.Length == 0) return "is empty";
        if (text.Length > MaxLength) return $"has more than {MaxLength} characters";
        var bare = text.AsSpan();
        if (text[0] == '@')
        {
            var slash = text.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0) return "has a scope and nothing after it; it is '@SCOPE/NAME'";
            if (RefusePart(text.AsSpan(1, slash - 1)) is { } wrong) return wrong;
            bare = text.AsSpan(slash + 1);
        }

        return RefusePart(bare);
    }

    private static string? RefusePart(ReadOnlySpan<char> part)
    {
        if (part.Length == 0) return "has an empty part";
        if (part.IndexOfAnyExcept(Allowed) is >= 0 and var at)
            return part[at] switch
            {
                '/' => "has a slash in it that no scope stands before",
                > '~' => $"has a character in it that is not ASCII (U+{(int)part[at]:X4}); others may look like it, so names are made of "
                    + "letters, digits and - . _",
                < ' ' or '\x7f' => "has a control character in it",
                var c => $"has the character '{c}' in it; names are made of letters, digits and - . _",
            };
        return part[0] is '.' or '_' or '-' && (part[0] != '-' || part.Length == 1)
            ? $"has a part that begins with '{part[0]}'"
            : null;
    }
}
