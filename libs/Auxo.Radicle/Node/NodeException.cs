namespace Auxo.Radicle;

/// <summary>Why a node did not answer as it should.</summary>
public enum NodeFault
{
    /// <summary>No socket: the node is stopped.</summary>
    NotRunning,

    /// <summary>A socket that nobody listens on: the node was killed and left it behind.</summary>
    StaleSocket,

    /// <summary>The socket belongs to somebody else, or its path is too long.</summary>
    NoAccess,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The connection broke: the node is stopping.</summary>
    Disconnected,

    /// <summary>The node understood and said no.</summary>
    Refused,

    /// <summary>The answer is not what this program understands.</summary>
    Garbled,
}

/// <summary>The node did not answer as it should. The message says what to do.</summary>
public sealed class NodeException(NodeFault fault, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Which way it failed.</summary>
    public NodeFault Fault { get; } = fault;
}
