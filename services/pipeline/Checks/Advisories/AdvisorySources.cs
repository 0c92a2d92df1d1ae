using Auxo.Pipeline.Checks.Locks;
using Auxo.ServiceDefaults.Egress;

namespace Auxo.Pipeline.Checks.Advisories;

/// <summary>Whom the check <c>dependencies</c> asks, as the operator has set it.</summary>
public sealed class AdvisorySources
{
    /// <summary>Nothing is set.</summary>
    public static readonly AdvisorySources None = new();

    private readonly Dictionary<Registry, IAdvisories> _registries = [];

    private AdvisorySources()
    {
    }

    /// <summary>The clock by which data is old.</summary>
    internal TimeProvider Time { get; private init; } = TimeProvider.System;

    /// <summary>Where Trivy is looked for; null for the <c>PATH</c> of this process.</summary>
    internal string? SearchPath { get; private init; }

    /// <summary>Where Trivy keeps its database, as Trivy itself looks for it; null where there is no such place.</summary>
    internal string? TrivyCache { get; private init; }

    /// <summary>Reads the settings.</summary>
    /// <param name="configuration"><c>Auxo:Advisories:Npm</c> and <c>Auxo:Advisories:NuGet</c>; neither has a default.</param>
    /// <param name="guard">The way out.</param>
    /// <param name="folder">Where answers are kept.</param>
    /// <param name="time">The clock.</param>
    public static AdvisorySources From(IConfiguration configuration, EgressGuard guard, string folder, TimeProvider time)
    {
        var sources = new AdvisorySources { Time = time, TrivyCache = TrivyCacheOf(configuration), SearchPath = configuration["PATH"] };
        if (configuration[Key(Registry.Npm)] is { Length: > 0 } npm)
            sources._registries[Registry.Npm] = new NpmAdvisories(new KnownAnswers(folder, guard, time), npm);
        if (configuration[Key(Registry.NuGet)] is { Length: > 0 } nuget)
            sources._registries[Registry.NuGet] = new NuGetAdvisories(new KnownAnswers(folder, guard, time), nuget);
        return sources;
    }

    /// <summary>The one for a registry; null when it is not set.</summary>
    internal IAdvisories? Of(Registry registry) => _registries.GetValueOrDefault(registry);

    /// <summary>The setting that is missing, as an environment variable.</summary>
    internal static string SettingOf(Registry registry) => Key(registry).Replace(":", "__", StringComparison.Ordinal);

    /// <summary>As people call it.</summary>
    internal static string NameOf(Registry registry) => registry == Registry.Npm ? "npm" : "NuGet";

    private static string Key(Registry registry) => $"Auxo:Advisories:{registry}";

    private static string? TrivyCacheOf(IConfiguration configuration)
        => (configuration["TRIVY_CACHE_DIR"], configuration["XDG_CACHE_HOME"], configuration["HOME"]) switch
        {
            ({ Length: > 0 } own, _, _) => own,
            (_, { Length: > 0 } cache, _) => Path.Combine(cache, "trivy"),
            (_, _, { Length: > 0 } home) => Path.Combine(home, ".cache", "trivy"),
            _ => null,
        };
}
