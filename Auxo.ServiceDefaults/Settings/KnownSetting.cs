using Microsoft.Extensions.DependencyInjection;

namespace Auxo.ServiceDefaults.Settings;

/// <summary>A setting that an operator may choose. None of them is a secret: its value is shown.</summary>
/// <param name="Variable">The environment variable of <c>./auxo up</c>, such as <c>Auxo__Keep__Days</c>.</param>
/// <param name="About">What it is about, as people sort them: <c>steps</c>, <c>kept</c>, <c>network</c>, <c>disk</c>.</param>
/// <param name="Meaning">What it decides, on one line.</param>
/// <param name="Usual">What holds when it is not set, in words.</param>
public sealed record KnownSetting(string Variable, string About, string Meaning, string Usual)
{
    /// <summary>Where others reach Auxo.</summary>
    public static readonly KnownSetting PublicUrl = new(
        "Auxo__PublicUrl", "network", "where others reach Auxo: webhooks, files, and the console where that has no address of its own",
        "none");

    /// <summary>Where people reach the console.</summary>
    public static readonly KnownSetting ConsolePublicUrl = new(
        "Auxo__Console__PublicUrl", "network", "where people find the console: what links in comments and notifications begin with",
        "Auxo__PublicUrl; without both, they name a command instead");

    /// <summary>When a disk is too full to begin anything new.</summary>
    public static readonly IReadOnlyList<KnownSetting> Disk =
    [
        new("Auxo__Disk__MinFreeBytes", "disk", "with fewer free bytes nothing new is begun", "1 GiB"),
        new("Auxo__Disk__MinFreePercent", "disk", "with a smaller free share of the disk nothing new is begun", "3 %"),
    ];

    /// <summary>As .NET's configuration calls it.</summary>
    internal string Key => Variable.Replace("__", ":", StringComparison.Ordinal);
}

/// <summary>What a service lets its operator choose.</summary>
public sealed record KnownSettings(IReadOnlyList<KnownSetting> Items);

/// <summary>Says them.</summary>
public static class KnownSettingsConfiguration
{
    /// <summary>Names the settings of a service; <c>GET /settings</c> shows which of them count.</summary>
    public static IServiceCollection AddKnownSettings(this IServiceCollection services, params IReadOnlyList<KnownSetting> settings)
        => services.AddSingleton(new KnownSettings(settings));
}
