namespace Auxo.Registry.Fetching;

/// <summary>A content that was handed out.</summary>
/// <param name="Caller">The token's name; a build's own token is called <c>build</c> and its id. <c>anonymous</c> without one.</param>
/// <param name="Repository">From where.</param>
/// <param name="Package">Which package.</param>
/// <param name="Version">Which version; of an image the tag or digest that was asked for; empty where there is none.</param>
/// <param name="File">Which file.</param>
/// <param name="Digest"><c>sha256:</c> and 64 hex digits.</param>
/// <param name="Source">The address upstream; empty for what was published here.</param>
/// <param name="FetchedAt">When it was handed out, the first time that day.</param>
/// <param name="Times">How often that day.</param>
public sealed record Fetch(
    string Caller, string Repository, string Package, string Version, string File, string Digest, string Source,
    DateTimeOffset FetchedAt, long Times);
