using Auxo.Registry.Mirrors;
using Auxo.Registry.PyPi.Simple;
using Auxo.Registry.PyPi.Versions;

namespace Auxo.Registry.PyPi.Mirroring;

/// <summary>What of upstream's project is offered here.</summary>
public static class OfferedProject
{
    /// <summary>The files that are old enough, under our addresses, and the versions that have one of them.</summary>
    public static SimpleProject Of(string name, UpstreamProject project, Cooldown cooldown)
    {
        var files = project.Files.Where(f => cooldown.Offers(f.UploadedAt)).ToList();
        var there = files.Select(static f => f.Version).OfType<PythonVersion>().ToHashSet();
        // Upstream's spelling, where it lists its versions at all.
        var versions = project.Versions.Count > 0
            ? project.Versions.Select(static v => (Text: v, Version: PythonVersion.Parse(v)!)).Where(v => there.Contains(v.Version))
            : there.Select(static v => (Text: v.Normal, Version: v));
        return new SimpleProject(
            name, [.. versions.OrderBy(static v => v.Version).Select(static v => v.Text)],
            [.. files.OrderBy(static f => f.Version).ThenBy(static f => f.FileName, StringComparer.Ordinal).Select(f => new SimpleFile(
                f.FileName, $"../../files/{name}/{f.FileName}", f.Sha256, f.SizeBytes, f.UploadedAt, f.RequiresPython, f.MetadataSha256,
                f.Yanked))]);
    }
}
