using Auxo.ServiceDefaults.Egress;
using Auxo.ServiceDefaults.Settings;

namespace Auxo.Notify;

/// <summary>What an operator may choose of the notifications.</summary>
internal static class NotifySettings
{
    public static readonly IReadOnlyList<KnownSetting> Known =
    [
        new(
            "Auxo__Notify__KeepDays", "kept", "how long what was delivered stays in the delivery log, in days; what was given up stays",
            "90"),
        new(EgressPolicy.Setting, "network", "networks besides the public ones that webhooks and mail may go to", "none"),
    ];
}
