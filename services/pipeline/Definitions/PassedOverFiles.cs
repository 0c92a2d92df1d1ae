using Auxo.Owners;
using Auxo.Pipeline.Suppressing;

namespace Auxo.Pipeline.Definitions;

/// <summary>A file that somebody may take for the pipeline file, and that is not read.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Why">What it is, and what to do.</param>
/// <param name="IsProblem">True when it is surely meant for Auxo: without it the build would pass without its steps.</param>
public sealed record PassedOverFile(string Path, string Why, bool IsProblem);

/// <summary>Finds the files that are nearly a pipeline file, so that none is passed over in silence.</summary>
public static class PassedOverFiles
{
    private const string Folder = ".auxo";
    private const string OldFolder = ".radicle";
    private static readonly string[] TopNames = [".auxo.yml", ".auxo.yaml", ".auxo-ci.yml", ".auxo-ci.yaml", "auxo.yml", "auxo.yaml"];
    private static readonly string[] Names = ["ci.yaml", "ci.yml"];
    /// <summary>The other files of Auxo, and what is nearly their name.</summary>
    private static readonly (string Path, string[] Names)[] Others =
    [
        (Suppression.Path, ["suppressions.yaml", "suppressions.yml", "suppression.yaml", "suppression.yml"]),
        (QuarantinedTest.Path, ["quarantine.yaml", "quarantine.yml", "quarantines.yaml", "quarantined.yaml"]),
        (PeopleFile.Path, ["people.yaml", "people.yml"]),
        (MergeFile.Path, ["merge.yaml", "merge.yml"]),
    ];

    /// <summary>Whether a folder at the top must be looked into.</summary>
    public static bool IsFolder(string name) => Is(name, Folder) || Is(name, OldFolder);

    /// <summary>Finds them.</summary>
    /// <param name="entries">The entries at the top and in the folders of <see cref="IsFolder"/>, with whole paths.</param>
    public static IReadOnlyList<PassedOverFile> Of(IReadOnlyList<GitTreeEntry> entries)
    {
        var found = entries.Select(Judge).OfType<PassedOverFile>().ToList();
        // Beside a file that counts they are left-overs, and another program's file is nobody's loss.
        return entries.Any(entry => entry.IsFile && entry.Name == PipelineFile.Path)
            ? [.. found.Where(file => file.IsProblem).Select(file => file with { IsProblem = false })]
            : found;
    }

    private static PassedOverFile? Judge(GitTreeEntry entry)
    {
        var slash = entry.Name.IndexOf('/', StringComparison.Ordinal);
        var (folder, name) = slash < 0 ? ("", entry.Name) : (entry.Name[..slash], entry.Name[(slash + 1)..]);
        if (Others.Any(other => entry.Name == other.Path))
            return entry.IsFile ? null : Meant(true, "it must be a file, and no link, folder or submodule");
        if (entry.Name is PipelineFile.Path or PipelineFile.OldPath)
            return entry.IsFile ? null : Meant(entry.Name == PipelineFile.Path, "it must be a file, and no link, folder or submodule");
        if (folder.Length == 0)
        {
            if (Is(name, Folder) && !entry.IsTree) return Meant(true, $"it must be a folder that holds {PipelineFile.Path}");
            return !entry.IsTree && TopNames.Any(other => Is(name, other)) ? Meant(true, $"move it to {PipelineFile.Path}") : null;
        }

        if (entry.IsTree || !IsYaml(name)) return null;
        var near = Names.Any(other => Is(name, other));
        var meant = Others.FirstOrDefault(other => other.Names.Any(near => Is(name, near))).Path;
        if (Is(folder, Folder) && meant is not null) return Meant(true, $"rename it to {meant}");
        if (Is(folder, Folder))
            return Meant(near, near ? $"rename it to {PipelineFile.Path}" : $"only {PipelineFile.Path} is a pipeline file");
        return near
            ? Meant(false, $"rename it to {PipelineFile.OldPath}, or better write {PipelineFile.Path}")
            : Meant(false, $"it is for another CI program; for steps here write {PipelineFile.Path}");

        PassedOverFile Meant(bool problem, string why) => new(entry.Name, $"{entry.Name} is not read: {why}", problem);
    }

    private static bool IsYaml(string name)
        => name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
