using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What a patch waits for.</summary>
/// <param name="Patches">The patches that must be merged first.</param>
/// <param name="Unclear">What stands there and names no patch.</param>
public sealed record PatchNeeds(IReadOnlyList<PatchReference> Patches, IReadOnlyList<string> Unclear)
{
    /// <summary>It waits for nothing.</summary>
    public static PatchNeeds None { get; } = new([], []);
}

/// <summary>Lines <c>Depends-On: PATCH</c> in the description of a patch or of its revision, one patch a line.</summary>
public static class DependsOn
{
    private const string Key = "Depends-On:";

    /// <summary>What a patch needs: its own description and that of its author's newest revision say it.</summary>
    public static PatchNeeds Of(RadiclePatch patch)
    {
        var first = patch.Revisions[0].Description;
        var newest = patch.Revisions.LastOrDefault(r => !r.Redacted && r.Author == patch.Author)?.Description ?? "";
        // Nearly all patches need nothing, and a sweep asks of all that are open.
        return Has(first) || Has(newest) ? Read(first, newest) : PatchNeeds.None;

        static bool Has(string text) => text.Contains(Key, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What these descriptions name, each once.</summary>
    public static PatchNeeds Read(params IEnumerable<string> descriptions)
    {
        var values = descriptions.SelectMany(static d => d.Split('\n')).Select(static line => line.Trim())
            .Where(static line => line.StartsWith(Key, StringComparison.OrdinalIgnoreCase))
            .Select(static line => line[Key.Length..].Trim()).Distinct(StringComparer.Ordinal).ToList();
        return new PatchNeeds(
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
