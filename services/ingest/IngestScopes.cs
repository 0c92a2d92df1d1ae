namespace Auxo.Ingest;

/// <summary>What a token may do here.</summary>
public static class IngestScopes
{
    /// <summary>See repositories, patches, the node and the outbox.</summary>
    public const string Read = "ingest:read";

    /// <summary>Track and untrack, trust, and change secrets.</summary>
    public const string Write = "ingest:write";
}
