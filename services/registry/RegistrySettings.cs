using Auxo.Registry.Identities;
using Auxo.ServiceDefaults.Egress;
using Auxo.ServiceDefaults.Settings;

namespace Auxo.Registry;

/// <summary>What an operator may choose of the registry.</summary>
internal static class RegistrySettings
{
    public static readonly IReadOnlyList<KnownSetting> Known =
    [
        new("Auxo__Registry__KeepNewest", "kept", "so many newest published versions of each branch or patch stay", "10"),
        new("Auxo__Registry__KeepDays", "kept", "and all that were published or fetched lately, in days", "90"),
        new("Auxo__Registry__FetchDays", "kept", "who fetched what from the registry is known for so many days", "400"),
        new("Auxo__Access__LogDays", "kept", "who tried to get in is known for so many days", "90"),
        new(EgressPolicy.Setting, "network", "networks besides the public ones in which the upstream of a mirror may be", "none"),
        KnownSetting.PublicUrl,
        .. IdentityConfiguration.Known,
        .. KnownSetting.Disk,
    ];
}
