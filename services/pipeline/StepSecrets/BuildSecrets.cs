using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.StepSecrets.Masking;

namespace Auxo.Pipeline.StepSecrets;

/// <summary>Reads the secrets that a build's steps name.</summary>
internal delegate Task<BuildSecrets> ReadBuildSecrets(Build build, CancellationToken ct);

/// <summary>
/// What the steps of a build are given. All of it is hidden in the log of every step, since they share a workspace: what one writes into a
/// file, another may print.
/// </summary>
/// <param name="values">The values that at least one step is given, by name.</param>
/// <param name="refuse">Why a step is not given a secret, in one line; null when it is.</param>
/// <param name="registry">What they have of the registry; null for nothing.</param>
internal sealed class BuildSecrets(
    IReadOnlyDictionary<string, string> values, Func<string, CommandStep, string?> refuse, RegistryGrant? registry = null)
{
    /// <summary>Of a build without any.</summary>
    public static readonly BuildSecrets None = new(new Dictionary<string, string>(), static (_, _) => null);

    /// <summary>The values, by name.</summary>
    public IReadOnlyDictionary<string, string> Values => values;

    /// <summary>What they have of the registry.</summary>
    public RegistryGrant Registry { get; } = registry ?? RegistryGrant.None;

    /// <summary>What hides them, and the build's token for the registry; null when there is nothing to hide.</summary>
    public SecretMask? Mask { get; } = SecretMask.Of(
        registry?.Given is { } given ? [.. values.Values, given.Token] : [.. values.Values]);

    /// <summary>The names of all that the steps of a build ask for, but for those that are left out.</summary>
    public static IReadOnlyCollection<string> Asked(Build build)
        => build.Plan.Steps.Where(static step => step.LeftOut is null).SelectMany(static step => step.Secrets ?? [])
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The same, with this of the registry.</summary>
    public BuildSecrets With(RegistryGrant? grant) => grant is null ? this : new BuildSecrets(values, refuse, grant);

    /// <summary>Why a step cannot run: it is not given a secret that it names. Null when it is given all.</summary>
    public string? Refuse(CommandStep step)
        => (step.Secrets ?? []).Select(name => refuse(name, step)).FirstOrDefault(static why => why is not null);

    /// <summary>Adds what a step is given to its variables.</summary>
    public Dictionary<string, string> Into(Dictionary<string, string> variables, CommandStep step)
    {
        foreach (var name in step.Secrets ?? []) variables[name] = values[name];
        return variables;
    }
}
