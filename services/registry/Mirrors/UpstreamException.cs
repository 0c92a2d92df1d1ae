namespace Auxo.Registry.Mirrors;

/// <summary>502: upstream does not answer, and what was asked for is not here yet.</summary>
public sealed class UpstreamAwayException(string repository, string reason, Exception? inner = null)
    : AuxoException("mirror/upstream-away", StatusCodes.Status502BadGateway,
        $"This is not in the mirror '{repository}' yet, and its upstream cannot be asked: {reason}. Try again when it is back; "
            + "'auxo mirror status' shows how it is.", inner)
{
    /// <summary>What went wrong, in a few words.</summary>
    public string Reason { get; } = reason;

    /// <summary>It says nothing of the rest that upstream has: this one address leads nowhere, or elsewhere.</summary>
    public bool IsOfOneAddress { get; init; }
}

/// <summary>502: upstream sent other bytes than it had promised, or than it sent before.</summary>
public sealed class UpstreamChangedException(string repository, string key, string what)
    : AuxoException("mirror/changed", StatusCodes.Status502BadGateway,
        $"Upstream of '{repository}' {what} for '{key}'. Nothing of it was kept or handed out. If the change is right, remove the "
            + $"old content first: auxo mirror forget {repository} {key}");

/// <summary>507: what was asked for is larger than all the room that the mirror has.</summary>
public sealed class MirrorFullException(string repository, long bytes)
    : AuxoException("mirror/full", StatusCodes.Status507InsufficientStorage,
        $"The mirror '{repository}' has no room for these {bytes} bytes, even without what nobody used lately. Raise its quota: "
            + $"auxo registry define {repository} --quota SIZE");
