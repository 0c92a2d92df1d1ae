using Auxo.ServiceDefaults.Settings;

namespace Auxo.Metrics.Alerts;

/// <summary>Who tells of alerts that Prometheus has a rule for, too.</summary>
/// <param name="HasAlertmanager">True when an Alertmanager tells of them.</param>
public sealed record AlertSettings(bool HasAlertmanager)
{
    /// <summary>The setting, as an environment variable.</summary>
    public const string Variable = "Auxo__Alerts__Speaker";

    private const string Auxo = "auxo", Alertmanager = "alertmanager";

    /// <summary>For the list of settings.</summary>
    public static IReadOnlyList<KnownSetting> Known { get; } =
    [
        new(Variable, "network", "who tells of alerts that Prometheus has a rule for, too: auxo or alertmanager", Auxo),
    ];

    /// <summary>Reads <c>Auxo:Alerts:Speaker</c>.</summary>
    /// <exception cref="FormatException">It names somebody else.</exception>
    public static AlertSettings From(IConfiguration configuration)
        => configuration["Auxo:Alerts:Speaker"] switch
        {
            null or "" or Auxo => new AlertSettings(HasAlertmanager: false),
            Alertmanager => new AlertSettings(HasAlertmanager: true),
            var other => throw new FormatException($"{Variable} is '{other}'; it must be {Auxo} or {Alertmanager}."),
        };

    /// <summary>True when Auxo itself tells of a rule.</summary>
    public bool Speaks(AlertRule rule) => rule.ToldBy is null && !(HasAlertmanager && rule.IsInPrometheus);
}
