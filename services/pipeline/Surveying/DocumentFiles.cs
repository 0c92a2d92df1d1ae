using Auxo.Owners;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Surveying;

/// <summary>What a tree says to people who come to it; what the check <c>documentation</c> sees is not looked for in another way.</summary>
internal static class DocumentFiles
{
    /// <summary>Where forges look for such a file.</summary>
    private static readonly string[] Folders = ["", ".github/", ".gitlab/", ".forgejo/", "docs/"];

    /// <summary>Looks at the documents of a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="settings">What the repository has its checks leave out.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<DocumentSurvey> ReadAsync(SourceTree tree, CheckSettings settings, CancellationToken ct)
    {
        var report = await DocumentationStructure.RunAsync(tree, settings, ct);
        var links = report.Observations.Where(static seen => seen.Rule == "broken-link").ToList();
        return new DocumentSurvey(
            !Says("readme-missing") && !Says("readme-empty"), !Says("licence-missing"), Has("CONTRIBUTING"), Has("SECURITY"),
            await OwnersAsync(tree, ct),
            tree.Entries.Count(static entry => entry.IsFile && entry.Name.EndsWith(".md", StringComparison.OrdinalIgnoreCase)),
            links.Count, links is [var first, ..] ? $"{PlainText.OneLine(first.Path ?? "", 150)}:{first.Line}" : null);

        bool Says(string rule) => report.Observations.Any(seen => seen.Rule == rule);

        bool Has(string name) => tree.Entries.Any(entry => Folders.Any(folder
            => entry.Name.StartsWith(folder + name, StringComparison.OrdinalIgnoreCase)
                && (entry.Name.Length == folder.Length + name.Length || entry.Name[folder.Length + name.Length] == '.')));
    }

    private static async Task<OwnersFileState> OwnersAsync(SourceTree tree, CancellationToken ct)
    {
        if (OwnersPlaces.All.Select(tree.At).FirstOrDefault(static entry => entry is { IsFile: true }) is not { } entry)
            return OwnersFileState.Missing;
        if (await tree.ReadAsync(entry.Oid, ct, OwnersFile.MostBytes) is not { } content) return OwnersFileState.Broken;
        var people = tree.At(PeopleFile.Path) is { IsFile: true } file
            && await tree.ReadAsync(file.Oid, ct, PeopleFile.MostBytes) is { } text
            ? PeopleFile.Read(text.Span)
            : null;
        // Errors are in what it says; which files there are decides only what it warns of.
        return LintOwners.Check(OwnersFile.Read(entry.Name, content.Span), people, [], []).Any(static found => found.IsError)
            ? OwnersFileState.Broken
            : OwnersFileState.Valid;
    }
}
