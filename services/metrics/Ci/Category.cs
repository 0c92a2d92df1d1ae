using Auxo.Metrics.Builds;

namespace Auxo.Metrics.Ci;

/// <summary>What kind of thing made a build fail: a short list, whatever people call their steps.</summary>
public static class Category
{
    private static readonly (string Word, string Category)[] Words =
    [
        ("lint", "lint"), ("format", "lint"), ("style", "lint"), ("secret", "security"), ("secur", "security"),
        ("audit", "security"), ("scan", "security"),
        ("test", "test"), ("spec", "test"), ("check", "test"), ("doc", "docs"), ("build", "build"),
        ("compile", "build"), ("package", "build"),
    ];

    /// <summary>
    /// By the step's outcome, then by the check, then by a word in the command's name. A check that is not in this list yet is a
    /// category of its own, so that it is seen.
    /// </summary>
    public static string Of(FailedStep step) => step switch
    {
        { Outcome: Outcome.Errored } => "infra",
        { Step: "syntax" } => "syntax",
        { Step: "shellcheck" } => "lint",
        { Step: "secrets" or "sast" or "dependencies" } => "security",
        { Step: "permissions" } => "permissions",
        { Step: "documentation" } => "docs",
        { Step: "structure" } => "structure",
        { Kind: "check" } => step.Step,
        _ => Array.Find(Words, w => step.Step.Contains(w.Word, StringComparison.OrdinalIgnoreCase)).Category ?? "other",
    };
}
