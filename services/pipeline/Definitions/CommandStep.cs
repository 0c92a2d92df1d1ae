namespace Auxo.Pipeline.Definitions;

/// <summary>One step of the pipeline file, ready to run: names are unique in the plan, defaults are filled in.</summary>
/// <param name="Name">What people see; letters, digits, <c>.</c>, <c>-</c> and <c>_</c>, so it is safe in paths and URLs.</param>
/// <param name="Commands">Run one after the other by one shell that stops at the first failure.</param>
/// <param name="WorkingDirectory">Relative to the workspace with <c>/</c>, never leaving it; null for its top.</param>
/// <param name="Environment">Variables of the file and of the step, the step's winning.</param>
/// <param name="Timeout">Wall time after which the step is stopped.</param>
/// <param name="Image">A container image, or null for the namespace sandbox.</param>
/// <param name="Artifacts">Glob patterns of the files to keep, relative to the workspace.</param>
public sealed record CommandStep(
    string Name, IReadOnlyList<string> Commands, string? WorkingDirectory, IReadOnlyDictionary<string, string> Environment,
    TimeSpan Timeout, string? Image, IReadOnlyList<string> Artifacts);
