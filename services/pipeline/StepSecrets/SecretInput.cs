using System.Text;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.StepSecrets.Masking;

namespace Auxo.Pipeline.StepSecrets;

/// <summary>What may be a secret of steps: its name is that of a variable of its own, and its value is text that can be hidden.</summary>
public static partial class SecretInput
{
    /// <summary>The size of a value.</summary>
    public const int MaxBytes = 64 << 10;

    private const int MaxPatterns = 20;
    private const int MaxPattern = 200;

    /// <summary>What is wrong with a name, as the end of a sentence that begins with it; null when nothing is.</summary>
    public static string? RefuseName(string name)
        => !Variable().IsMatch(name)
            ? "is no name of a variable: letters, digits and '_', not beginning with a digit, at most 100"
            : name.StartsWith("AUXO", StringComparison.Ordinal) || name.StartsWith("__auxo", StringComparison.Ordinal)
                || StepScript.BelongsToTheShell(name) || StepEnvironment.Fixed("").ContainsKey(name)
            ? "is a variable that Auxo or the shell sets; take another name"
            : null;

    /// <summary>What is wrong with a value, in one line that says nothing of it; null when nothing is.</summary>
    public static string? RefuseValue(string value)
        => value.Contains('\0') || value.Contains('\uFFFD')
            ? "the value is no text in UTF-8; encode it first, such as: base64 -w 0 FILE | auxo secret set …, and base64 -d in the step"
            : Encoding.UTF8.GetByteCount(value) > MaxBytes ? $"the value has more than {MaxBytes >> 10} KiB"
            : Encoding.UTF8.GetByteCount(value.Trim()) < SecretForms.MinBytes
            ? $"the value has fewer than {SecretForms.MinBytes} characters: it could not be hidden in logs"
            : null;

    /// <summary>What is wrong with patterns of branches or of steps; null when nothing is.</summary>
    public static string? RefusePatterns(string what, IReadOnlyList<string> patterns)
        => patterns.Count > MaxPatterns ? $"there are more than {MaxPatterns} patterns of {what}"
            : patterns.FirstOrDefault(static pattern => pattern is not { Length: > 0 and <= MaxPattern } || pattern.Any(char.IsControl))
                is { } wrong ? $"'{PlainText.OneLine(wrong, 60)}' is no pattern of {what}"
            : null;

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,99}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Variable();
}
