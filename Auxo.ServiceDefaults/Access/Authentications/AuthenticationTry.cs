using System.Net;

namespace Auxo.ServiceDefaults.Access.Authentications;

/// <summary>Ways in that are alike, which are counted together.</summary>
/// <param name="Kind">One of <see cref="AuthenticationKinds"/>.</param>
/// <param name="Refusal">One of <see cref="Refusals"/>; empty for who was let in.</param>
/// <param name="Address">From where; null for a step of a build.</param>
/// <param name="Name">Whose it is, or who he says that he is.</param>
/// <param name="Token">Which token; null where there is none or it is not known.</param>
/// <param name="Hash">
/// SHA-256 of a refused token in hex, in memory for some seconds only: to find out whose it was. Never stored.
/// </param>
internal readonly record struct AuthenticationTry(
    string Kind, string Refusal, IPAddress? Address, string Name = "", Guid? Token = null, string? Hash = null)
{
    /// <summary>What one becomes beyond the bound: from any address, by anybody.</summary>
    public AuthenticationTry Folded => new(Kind, Refusal, IPAddress.Any);
}

/// <summary>How often, and when.</summary>
internal readonly record struct TryCount(long Times, DateTimeOffset FirstAt, DateTimeOffset LastAt)
{
    public TryCount And(TryCount other) => new(
        Times + other.Times, FirstAt < other.FirstAt ? FirstAt : other.FirstAt, LastAt > other.LastAt ? LastAt : other.LastAt);
}
