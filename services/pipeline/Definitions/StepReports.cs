using Auxo.Pipeline.Checks;

namespace Auxo.Pipeline.Definitions;

/// <summary>What a step says of the reports that its tools write (<c>reports</c> in the pipeline file).</summary>
/// <param name="Files">
/// Globs of the files, relative to the workspace; what each is about is seen in it. Empty: where today's tools write them.
/// </param>
/// <param name="NeedsTests">Tests are named: a step that reports none has to say so.</param>
/// <param name="NeedsCoverage">Coverage is named: a step that reports none has to say so.</param>
/// <param name="Gate">What a new finding of the level error does: warn, block, or nothing (off).</param>
/// <param name="Warn">Less coverage than this, in percent, is worth a word; null for no limit.</param>
/// <param name="Block">Less coverage than this, in percent, fails the step; null for no limit.</param>
public sealed record StepReports(
    IReadOnlyList<string> Files, bool NeedsTests = false, bool NeedsCoverage = false, Gate Gate = Gate.Warn, double? Warn = null,
    double? Block = null)
{
    /// <summary>Of a step that says nothing.</summary>
    public static readonly StepReports Default = new([]);

    /// <summary>The page, or the folder of pages, of its coverage; null for where today's tools write them.</summary>
    public string? Html { get; init; }

    /// <summary>False when nothing shall be looked for.</summary>
    public bool Wanted { get; init; } = true;
}
