namespace Auxo.Pipeline.StepSecrets;

/// <summary>Whether steps of patches are given a secret.</summary>
public enum SecretPatches
{
    /// <summary>None are.</summary>
    None,

    /// <summary>Those of delegates and trusted authors, whose own pipeline file counts.</summary>
    Trusted,

    /// <summary>Those of strangers too, when somebody has approved exactly that commit.</summary>
    Approved,
}

/// <summary>A secret without its value: what it is called and which steps are given it.</summary>
/// <param name="Rid">Of whose builds; null for those of all repositories.</param>
/// <param name="Name">The variable.</param>
/// <param name="Branches">
/// Patterns of branches; those that begin with <c>refs/tags/</c> are of tags. Empty is the default branch and all tags.
/// </param>
/// <param name="Steps">Patterns of the steps' names; empty is every step that names the secret.</param>
/// <param name="Patches">Whether steps of patches are given it.</param>
/// <param name="SetBy">Who set it.</param>
/// <param name="SetAt">When.</param>
public sealed record StepSecret(
    Rid? Rid, string Name, IReadOnlyList<string> Branches, IReadOnlyList<string> Steps, SecretPatches Patches, string SetBy,
    DateTimeOffset SetAt)
{
    /// <summary>The stream that says who set and removed it.</summary>
    public static string StreamKey(Rid? rid, string name) => $"secret/{rid?.Value ?? "all"}/{name}";
}
