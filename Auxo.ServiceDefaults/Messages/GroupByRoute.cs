using Auxo.Contracts;

using Wolverine;
using Wolverine.Runtime.Partitioning;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>Messages of one group are handled one after the other; the group is the stream that they tell of.</summary>
internal sealed class GroupByRoute : IGroupingRule
{
    public bool TryFindIdentity(Envelope envelope, out string groupId)
    {
        var known = envelope.Message is { } message && MessageRoutes.ByType.TryGetValue(message.GetType(), out var route);
        groupId = known ? MessageRoutes.ByType[envelope.Message!.GetType()].Group(envelope.Message) : "";
        return known;
    }
}
