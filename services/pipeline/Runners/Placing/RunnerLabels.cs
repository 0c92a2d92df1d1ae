using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Runners.Placing;

/// <summary>Words by which a pipeline file says what kind of machine its steps need.</summary>
public static partial class RunnerLabels
{
    /// <summary>Of one machine, and of one pipeline file.</summary>
    public const int Most = 20;

    /// <summary>What every machine has without being told: its system and its processor, such as <c>linux</c> and <c>amd64</c>.</summary>
    public static IReadOnlyList<string> OfThisMachine { get; } =
    [
        OperatingSystem.IsMacOS() ? "macos" : "linux",
        RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "amd64", Architecture.Arm64 => "arm64", var other => other.ToString().ToLowerInvariant(),
        },
    ];

    /// <summary>What a runner may say of itself; all other labels are an administrator's to give.</summary>
    public static IReadOnlySet<string> Given { get; } =
        new HashSet<string>(["linux", "macos", "amd64", "arm64", .. OfThisMachine], StringComparer.Ordinal);

    /// <summary>What is wrong with a label, as the end of a sentence that begins with it; null when nothing is.</summary>
    public static string? Refuse(string label)
        => Form().IsMatch(label) ? null : "is no label: small letters, digits, '.', '-' and '_', at most 40";

    /// <summary>What is wrong with labels, as a sentence; null when nothing is.</summary>
    public static string? Refuse(IReadOnlyList<string> labels)
        => labels.Count > Most ? $"There are more than {Most} labels."
            : labels.FirstOrDefault(static label => label is null || Refuse(label) is not null) is { } wrong
                ? $"'{Checks.Files.PlainText.OneLine(wrong, 60)}' {Refuse(wrong)}."
            : null;

    /// <summary>The labels of the main machine: its own, and those of <c>Auxo:Runner:Labels</c>, separated by commas.</summary>
    /// <exception cref="FormatException">One of them is no label.</exception>
    public static IReadOnlyList<string> From(IConfiguration configuration)
    {
        var set = (configuration["Auxo:Runner:Labels"] ?? "").Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Refuse(set) is { } wrong
            ? throw new FormatException($"Auxo:Runner:Labels: {wrong}")
            : [.. OfThisMachine.Union(set, StringComparer.Ordinal)];
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,39}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
