namespace Auxo.ServiceDefaults;

/// <summary>
/// A part of an address that is not what its route reads there. The framework says it in its own types' words, and nowhere else
/// than in the text of its exception.
/// </summary>
internal static class UnreadableValue
{
    private const string Before = "Failed to bind parameter \"";
    private const string Between = "\" from \"";

    /// <summary>What is wrong with which part, and how it is written; null for any other text.</summary>
    public static string? Describe(string message)
    {
        if (!message.StartsWith(Before, StringComparison.Ordinal)
            || message.IndexOf(Between, StringComparison.Ordinal) is not (> 0 and var end)) return null;
        var declared = message[Before.Length..end];
        var space = declared.LastIndexOf(' ');
        var (type, name) = (declared[..Math.Max(space, 0)], declared[(space + 1)..]);
        var value = message[(end + Between.Length)..].TrimEnd('.').TrimEnd('"');
        if (value.Length > 80) value = value[..80] + "…";
        return $"'{char.ToLowerInvariant(name[0])}{name[1..]}' cannot be read: '{value}' is no {Kind(type)}.";
    }

    private static string Kind(string type)
        => type.Contains("DateTimeOffset", StringComparison.Ordinal) ? "time; one looks like 2026-11-28T12:00:00Z, or 2026-11-28"
            : type.Contains("int", StringComparison.Ordinal) || type.Contains("Int", StringComparison.Ordinal)
                || type.Contains("long", StringComparison.Ordinal) ? "whole number"
            : type.Contains("bool", StringComparison.OrdinalIgnoreCase) ? "yes or no; write true or false"
            : type.Contains("Guid", StringComparison.Ordinal) ? "id; one looks like 01932f6e-1111-7222-8333-444455556666"
            : $"{type.Replace("Nullable<", "", StringComparison.Ordinal).TrimEnd('>')}";
}
