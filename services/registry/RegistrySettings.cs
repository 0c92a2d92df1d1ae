using Auxo.ServiceDefaults.Settings;

namespace Auxo.Registry;

/// <summary>What an operator may choose of the registry.</summary>
internal static class RegistrySettings
{
    public static readonly IReadOnlyList<KnownSetting> Known =
    [
        new("Auxo__Registry__KeepNewest", "kept", "so many newest published versions of each branch or patch stay", "10"),
        new("Auxo__Registry__KeepDays", "kept", "and all that were published or fetched lately, in days", "90"),
        KnownSetting.PublicUrl,
        .. KnownSetting.Disk,
    ];
}
