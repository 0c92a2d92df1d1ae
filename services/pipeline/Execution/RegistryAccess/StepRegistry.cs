namespace Auxo.Pipeline.Execution.RegistryAccess;

/// <summary>What the steps of one build are given of the registry.</summary>
/// <param name="Token">The token of the build; hidden in logs.</param>
/// <param name="Repositories">What package programs are set up for.</param>
/// <param name="Socket">Where the registry hears steps: what the step's own port leads to.</param>
/// <param name="HostAddress">Its address on this machine, for a step without a sandbox; null where it is not known.</param>
public sealed record StepRegistry(
    string Token, IReadOnlyList<StepRepository> Repositories, string Socket, Func<string?> HostAddress);

/// <summary>Whether the steps of a build have the registry. Neither is set where the operator gives it to no step.</summary>
/// <param name="Given">What they are given; null for nothing.</param>
/// <param name="Refusal">Why nothing, in words that follow a colon; null otherwise.</param>
public sealed record RegistryGrant(StepRegistry? Given, string? Refusal)
{
    /// <summary>Steps hear nothing of it.</summary>
    public static readonly RegistryGrant None = new(null, null);
}
