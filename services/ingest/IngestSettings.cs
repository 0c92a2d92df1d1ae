using Auxo.Ingest.Commenting;
using Auxo.Ingest.Jobs;
using Auxo.ServiceDefaults.Egress;
using Auxo.ServiceDefaults.Settings;

namespace Auxo.Ingest;

/// <summary>What an operator may choose of the service beside the node.</summary>
internal static class IngestSettings
{
    public static readonly IReadOnlyList<KnownSetting> Known =
    [
        new("RAD_HOME", "node", "the Radicle home whose node is served", "found as 'rad' finds it"),
        new("RAD_SOCKET", "node", "the socket of that node", "in the Radicle home"),
        new(
            "Auxo__Radicle__PassphraseFile", "node", "a file with the passphrase of the node's key, mode 0600",
            "none: an agent, or a key without one"),
        new(
            JobSettings.Name, "node",
            "whether the ends of builds are written as jobs of Radicle (xyz.radworks.job): auto (where the key has no passphrase), on "
                + "(else by rad-job) or off",
            "auto"),
        new(
            CommentSettings.Name, "node", "whether findings also stand as comments at the lines that a patch changes: on or off", "on"),
        new(
            CommentSettings.CommentsName, "node",
            "whose patches get comments: on (all), off, or ids of repositories, separated by commas", "on"),
        new(EgressPolicy.Setting, "network", "networks besides the public ones that webhooks may want to hear from", "none"),
        KnownSetting.PublicUrl,
    ];
}
