using Auxo.Contracts;

namespace Auxo.Owners;

/// <summary>Somebody, or a group of people, as <c>.auxo/people.yaml</c> has it.</summary>
/// <param name="Handle">How CODEOWNERS names it, without the <c>@</c>.</param>
/// <param name="Did">The key by which reviews on Radicle are signed; null when the file does not say.</param>
/// <param name="Emails">Addresses, those of commits included; the first is where mail goes.</param>
/// <param name="Channel">A channel of Auxo's notifications that reaches this person or group; null for none.</param>
/// <param name="Members">Handles of those who are in a group; empty for a person.</param>
/// <param name="Line">Where it stands in the file, from 1.</param>
public sealed record Person(
    string Handle, Did? Did, IReadOnlyList<string> Emails, string? Channel, IReadOnlyList<string> Members, int Line)
{
    /// <summary>It is made of others.</summary>
    public bool IsGroup => Members.Count > 0;
}
