using System.Globalization;

using Auxo.Ingest.Listening;
using Auxo.ServiceDefaults.Doctor;

namespace Auxo.Ingest.Doctor;

/// <summary>Whether the node's clock is right, as far as announcements can say it (docs/decisions/141).</summary>
public static class DiagnoseClocks
{
    private const string KeepTime = "is this machine's clock right? timedatectl; sudo timedatectl set-ntp true";

    /// <summary>What is wrong, or that nothing is; null when nothing was heard that could say so.</summary>
    public static Diagnosis? Tell(AnnouncedTimes heard)
    {
        if (heard.Own is { } own && own > NodeClocks.Tolerance)
        {
            return new Diagnosis(
                "node clock", Health.Trouble,
                $"the node dates its announcements {Words(own)} ahead of this machine's clock; others hang up on a node that is far ahead",
                "rad node stop, then rad node start; what is dated so already stays refused until that time has come");
        }

        if (heard.Refused.Count > 0)
        {
            return new Diagnosis(
                "node clock", Health.Warning,
                $"the node hung up on {Nodes(heard.Refused)}, since an announcement was dated "
                    + $"{Words(heard.Refused.Values.Max())} ahead of this machine's clock: this one is slow, or somebody's is fast",
                KeepTime);
        }

        if (heard.Ahead.Count > 0)
        {
            return new Diagnosis(
                "node clock", Health.Warning,
                $"{Nodes(heard.Ahead)} announced what is dated up to {Words(heard.Ahead.Values.Max())} ahead of this "
                    + "machine's clock: this one is slow, or theirs is fast", KeepTime);
        }

        return heard is { Own: null, Heard: 0 }
            ? null
            : new Diagnosis("node clock", Health.Fine,
                "nothing was announced ahead of this machine's clock "
                    + $"({heard.Heard.ToString(CultureInfo.InvariantCulture)} announcements of others heard)");
    }

    private static string Nodes(IReadOnlyDictionary<Contracts.Did, TimeSpan> nodes)
        => nodes.Count == 1 ? nodes.Keys.Single().Nid : $"{nodes.Count.ToString(CultureInfo.InvariantCulture)} nodes";

    private static string Words(TimeSpan ahead)
        => ahead < TimeSpan.FromHours(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{ahead.TotalMinutes:0} min")
            : string.Create(CultureInfo.InvariantCulture, $"{ahead.TotalHours:0} h");
}
