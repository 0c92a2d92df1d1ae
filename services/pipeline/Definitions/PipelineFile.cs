using Auxo.Pipeline.Definitions.Including;

namespace Auxo.Pipeline.Definitions;

/// <summary>What a repository says about its pipeline, read and checked.</summary>
/// <param name="Steps">In the order in which they run.</param>
/// <param name="Checks">The gate table and other settings of the built-in checks.</param>
public sealed record PipelineFile(IReadOnlyList<CommandStep> Steps, Checks.CheckSettings Checks)
{
    /// <summary>When a branch is built without a push; only those of the default branch's file count.</summary>
    public IReadOnlyList<ScheduleDefinition> Schedules { get; init; } = [];

    /// <summary>Which builds run one at a time; null for the usual: a newer commit of a patch or branch ends the older build.</summary>
    public BuildConcurrency? Concurrency { get; init; }

    /// <summary>The labels that a machine must have to run the steps; none for any machine.</summary>
    public IReadOnlyList<string> Runner { get; init; } = [];

    /// <summary>Where it lies.</summary>
    public const string Path = ".auxo/ci.yaml";

    /// <summary>Where the old world's lies; read leniently.</summary>
    public const string OldPath = ".radicle/ci.yaml";

    /// <summary>A larger file is refused before it is read.</summary>
    public const int MaxBytes = 64 << 10;

    /// <summary>For a repository without one: the built-in checks.</summary>
    public static readonly PipelineFile None = new([], Auxo.Pipeline.Checks.CheckSettings.Default);
}

/// <summary>Something wrong in a pipeline file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">From 1; null when it is about the whole file.</param>
/// <param name="Column">From 1; null when it is about the whole file.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record DefinitionProblem(string Path, int? Line, int? Column, string Message);

/// <summary>A read of a pipeline file: usable only when there are no problems.</summary>
/// <param name="File">What could be read.</param>
/// <param name="Problems">All that is wrong, not only the first.</param>
/// <param name="Notes">What was left out, for the reader of the build.</param>
public sealed record DefinitionReading(PipelineFile File, IReadOnlyList<DefinitionProblem> Problems, IReadOnlyList<string> Notes)
{
    /// <summary>The files that it includes.</summary>
    public IReadOnlyList<PipelineInclude> Includes { get; init; } = [];
}
