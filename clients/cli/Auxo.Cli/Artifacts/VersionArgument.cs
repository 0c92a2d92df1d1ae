using Auxo.Api;

namespace Auxo.Cli.Artifacts;

/// <summary>A version as people name it: <c>latest</c>, or the first digits of a build's id or of a commit.</summary>
internal static class VersionArgument
{
    /// <exception cref="CliException">None, or more than one, fits.</exception>
    public static async Task<ArtifactVersion> ResolveAsync(IRegistry registry, string rid, string text, CancellationToken ct)
    {
        var wanted = text.Trim().ToLowerInvariant();
        if (wanted == "latest" || Guid.TryParseExact(wanted, "D", out _) || wanted.Length == 40) return await registry.VersionAsync(
            rid, wanted, ct);
        if (wanted.Length < 4 || wanted.Any(static c => !char.IsAsciiHexDigit(c) && c != '-'))
            throw new CliException(ExitCode.Usage, $"'{text}' is no version.",
                "It is 'latest', or at least 4 digits of a build's id or of a commit; 'auxo artifacts list' shows them.");
        var builds = (await registry.ArtifactsAsync(rid, branch: null, commit: null, wanted, limit: 5, after: null, ct)).Items;
        if (builds.Count > 1) throw new CliException(ExitCode.Usage, $"'{text}' fits {builds.Count} builds.",
            "Say more digits: " + string.Join(", ", builds.Select(static b => b.BuildId)));
        if (builds.Count == 1) return builds[0];
        var commits = wanted.Contains('-')
            ? []
            : (await registry.ArtifactsAsync(rid, branch: null, wanted, build: null, limit: 5, after: null, ct)).Items;
        return commits.Select(static c => c.Commit).Distinct(StringComparer.Ordinal).ToList() switch
        {
            [var commit] => await registry.VersionAsync(rid, commit, ct),
            [] => throw new CliException(ExitCode.Negative,
                $"Nothing is published of a build or commit that begins with '{text}'.", "'auxo artifacts list' shows what is."),
            var several => throw new CliException(
                ExitCode.Usage, $"'{text}' fits {several.Count} commits.", "Say more digits: " + string.Join(", ", several)),
        };
    }
}
