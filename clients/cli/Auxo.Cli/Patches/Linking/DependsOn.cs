using Auxo.Contracts;

namespace Auxo.Cli.Patches.Linking;

/// <summary>What a patch waits for.</summary>
/// <param name="Patches">The patches that must be merged first.</param>
/// <param name="Unclear">What stands there and names no patch.</param>
internal sealed record Needs(IReadOnlyList<PatchReference> Patches, IReadOnlyList<string> Unclear);

/// <summary>Lines <c>Depends-On: PATCH</c> in the description of a patch or of its revision, one patch a line.</summary>
internal static class DependsOn
{
    private const string Key = "Depends-On:";

    /// <summary>What these descriptions name, each once.</summary>
    public static Needs Read(params IEnumerable<string> descriptions)
    {
        var values = descriptions.SelectMany(static d => d.Split('\n')).Select(static line => line.Trim())
            .Where(static line => line.StartsWith(Key, StringComparison.OrdinalIgnoreCase))
            .Select(static line => line[Key.Length..].Trim()).Distinct(StringComparer.Ordinal).ToList();
        return new Needs(
            [.. values.Select(PatchReference.Parse).OfType<PatchReference>().Distinct()],
            [.. values.Where(static v => PatchReference.Parse(v) is null)]);
    }

    /// <summary>The description with one more line; lines of the kind stay together at its end.</summary>
    public static string Add(string description, Rid rid, PatchId patch)
    {
        var line = $"Depends-On: {PatchReference.Text(rid, patch)}";
        var text = description.TrimEnd();
        if (text.Length == 0) return line;
        var last = text[(text.LastIndexOf('\n') + 1)..].TrimStart();
        return $"{text}\n{(last.StartsWith(Key, StringComparison.OrdinalIgnoreCase) ? "" : "\n")}{line}";
    }
}
