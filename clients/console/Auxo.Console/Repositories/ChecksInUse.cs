namespace Auxo.Console.Repositories;

/// <summary>What is built of a repository, as the newest build of its default branch shows it.</summary>
/// <param name="File">What came of the pipeline file.</param>
/// <param name="IsBroken">The file cannot be read: the build says where.</param>
/// <param name="On">The built-in checks that run, and how each stood.</param>
/// <param name="Off">Those that its pipeline file has switched off.</param>
internal sealed record ChecksInUse(string File, bool IsBroken, IReadOnlyList<BuildStep> On, IReadOnlyList<string> Off)
{
    private const string FileStep = "pipeline-file";

    /// <summary>All that there are; see docs/pipeline-file.md.</summary>
    private static readonly string[] Known =
        ["syntax", "shellcheck", "secrets", "sast", "permissions", "documentation", "structure", "dependencies"];

    /// <summary>Reads it from a build.</summary>
    /// <param name="build">With all that is known of it.</param>
    public static ChecksInUse Of(Build build)
    {
        var steps = build.Steps ?? [];
        var commands = steps.Where(static s => s.Kind == "command").Select(static s => s.Step).ToList();
        var broken = steps.Any(static s => s.Step == FileStep);
        var on = steps.Where(static s => s.Kind == "check" && s.Step != FileStep).ToList();
        return new ChecksInUse(
            (build.PipelineFile, broken, commands.Count) switch
            {
                (var file, true, _) => $"{file ?? "found, but"} cannot be read: no steps of it run",
                (var file, _, > 0) => $"{file ?? "found"}: {Parts.Say.Count(commands.Count, "step")} ({string.Join(", ", commands)})",
                ({ } file, _, _) => $"{file}: no steps, settings only",
                _ => "none: the built-in checks run. Put steps into .auxo/ci.yaml",
            },
            broken, on, [.. Known.Except(on.Select(static s => s.Step))]);
    }
}
