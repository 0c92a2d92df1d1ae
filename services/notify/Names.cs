namespace Auxo.Notify;

/// <summary>Names that people give to channels and routes.</summary>
public static class Names
{
    /// <summary>For messages.</summary>
    public const string Rule = "lower-case letters, digits and dashes, at most 60, a letter or digit first.";

    /// <summary>Whether a name follows the rule: it stands in URLs, in logs and on command lines.</summary>
    public static bool IsName(string name)
        => name.Length is > 0 and <= 60
            && name[0] != '-' && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
