using Auxo.Pipeline.Checks;

namespace Auxo.Pipeline.Local;

/// <summary>What was asked by <c>Auxo.Pipeline ci scan KIND FOLDER [--json]</c>.</summary>
/// <param name="Checks">The built-in checks to make.</param>
/// <param name="Folder">Only what lies in it.</param>
/// <param name="Json">Answer in JSON.</param>
internal sealed record ScanRequest(IReadOnlyList<string> Checks, string Folder, bool Json)
{
    /// <summary>The word by which it is asked.</summary>
    public const string Word = "scan";

    private const string Everything = "all";

    /// <summary>The checks that look for weaknesses; the others judge how a repository is kept.</summary>
    private static readonly (string Kind, string Check)[] Kinds = [("deps", "dependencies"), ("sast", "sast"), ("secrets", "secrets")];

    private static IEnumerable<string> Names => Kinds.Select(static one => one.Kind).Append(Everything);

    /// <summary>Reads the words behind <see cref="Word"/>.</summary>
    /// <exception cref="LocalException">They are no such request.</exception>
    public static ScanRequest Parse(ReadOnlySpan<string> words)
    {
        if (words is not [var kind, var folder, .. var rest] || rest is not ([] or ["--json"]))
            throw new LocalException(
                $"Say what and where: scan {string.Join('|', Names)} FOLDER [--json], or scan {ImageScan.Kind} IMAGE [--json].");
        if (!Names.Contains(kind, StringComparer.Ordinal))
            throw new LocalException($"There is no scan '{kind}'. There are: {string.Join(", ", Names)}, {ImageScan.Kind}.");
        var checks = Kinds.Where(one => kind == Everything || kind == one.Kind).Select(static one => one.Check).ToList();
        return new ScanRequest(
            [.. CheckBatch.All.Select(static check => check.Name).Where(checks.Contains)], Path.GetFullPath(folder), !rest.IsEmpty);
    }
}
