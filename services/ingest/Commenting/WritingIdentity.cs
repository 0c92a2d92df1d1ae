using Auxo.Instances;
using Auxo.Radicle;

namespace Auxo.Ingest.Commenting;

/// <summary>
/// With whose key Auxo writes: the node's, or one of its own, whose profile has the node's storage for its own. Asked for each write:
/// <c>auxo node identity</c> changes it while Auxo runs.
/// </summary>
public sealed class WritingIdentity(InstanceLayout layout)
{
    /// <summary>Whether nobody but Auxo writes with the key.</summary>
    public bool IsOwn => layout.WritesWithOwnKey;

    /// <summary>The profile to write with; what is written is announced by the node either way.</summary>
    public RadicleHome Of(RadicleHome node) => IsOwn ? new RadicleHome(layout.RadicleProfile, node.Socket) : node;
}
