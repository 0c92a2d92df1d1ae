using Auxo.Pipeline.Checks.Advisories;
using Auxo.ServiceDefaults.Egress;

namespace Auxo.Pipeline.Local;

/// <summary>Whom a local run asks about packages: the same as the services, and what they have been answered counts here, too.</summary>
internal static class LocalAdvisories
{
    /// <summary>Reads the settings.</summary>
    /// <param name="configuration">The environment.</param>
    /// <param name="place">A folder of its own, for a machine without an instance.</param>
    public static AdvisorySources From(IConfiguration configuration, string place)
    {
        var instance = InstanceLayout.Locate(name => configuration[name]);
        return AdvisorySources.From(
            configuration, new EgressGuard(EgressPolicy.From(configuration)),
            File.Exists(instance.LayoutFile) ? instance.Advisories : Path.Combine(place, "advisories"), TimeProvider.System);
    }
}
