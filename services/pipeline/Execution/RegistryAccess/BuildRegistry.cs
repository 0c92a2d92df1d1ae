using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;
using Auxo.ServiceDefaults.Access.Builds;

namespace Auxo.Pipeline.Execution.RegistryAccess;

/// <summary>
/// Decides what a build has of the registry, and makes its token. Nothing of it is stored: a build that is carried on after a restart
/// gets a new one.
/// </summary>
/// <param name="layout">Where the key and the registry's socket are.</param>
/// <param name="settings">What the operator gives to steps.</param>
/// <param name="time">For the end of the token.</param>
public sealed class BuildRegistry(InstanceLayout layout, ExecutionSettings settings, TimeProvider time)
{
    /// <summary>So much longer than its steps a token lasts: they wait for each other, for a workspace, for a runner.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    private readonly BuildTokenKey _key = BuildTokenKey.Of(layout);

    /// <summary>What the steps of a build are given.</summary>
    public RegistryGrant For(Build build)
    {
        var repositories = settings.Registry;
        if (!repositories.AreGiven) return RegistryGrant.None;
        if (build.Trust != Trust.Trusted) return new RegistryGrant(null, "its author is not trusted");
        if (layout.StepSocket is not { } socket)
            return new RegistryGrant(null, $"the path of its socket would be too long in {layout.Home}; use a shorter AUXO_HOME");
        if (_key.Read() is not { } key)
            return new RegistryGrant(null, $"there is no key for its token ({layout.BuildTokenKey}); start Auxo again");

        var end = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + LimitOf(build.Plan.Steps) + Margin).ToUnixTimeSeconds());
        var token = new BuildToken(build.BuildId, build.Subject.Rid, build.Trust, end, repositories.Writes);
        return new RegistryGrant(new StepRegistry(token.Sign(key), repositories.Reads, socket, () => HostAddress(layout)), null);
    }

    /// <summary>The longest that the steps can take, one after the other and with every further try.</summary>
    internal static TimeSpan LimitOf(IReadOnlyList<CommandStep> steps)
        => steps.Where(static step => step.LeftOut is null)
            .Aggregate(TimeSpan.Zero, static (sum, step) => sum + step.Timeout * (1 + (step.Retry?.Times ?? 0)));

    private static string? HostAddress(InstanceLayout layout)
    {
        try
        {
            return InstanceFile.Read(layout)?.Endpoints.GetValueOrDefault("registry")?.TrimEnd('/');
        }
        catch (Exception e) when (e is IOException or System.Text.Json.JsonException)
        {
            // It is being written, or was left by a killed start.
            return null;
        }
    }
}
