namespace Auxo.Cli.Patches.Proposing;

/// <summary>
/// What an option of <c>git push</c> can carry to Radicle: git refuses line breaks in it and quotes some characters, and the helper takes
/// the quotes for a part of the option's name and fails.
/// </summary>
internal static class PushOption
{
    /// <summary>True for text that arrives as it is.</summary>
    public static bool Carries(string text) => !text.Any(IsQuoted);

    /// <summary>Something like it that arrives, to be replaced by the text itself afterwards.</summary>
    public static string Plain(string text)
        => string.Concat(text.Select(static c => c == '"' ? '\'' : IsQuoted(c) ? ' ' : c)).Trim() is { Length: > 0 } plain ? plain : "-";

    private static bool IsQuoted(char c) => c is '"' or '\\' or < ' ' or '\u007f';
}
