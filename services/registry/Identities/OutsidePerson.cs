using System.Security.Cryptography;
using System.Text;

using Auxo.ServiceDefaults.Access;

using Npgsql;

namespace Auxo.Registry.Identities;

/// <summary>A person of a directory or of an identity provider; nothing of her is kept here but the sessions that she starts.</summary>
/// <param name="Name">As she is called in everything that she does.</param>
/// <param name="Directory">Whose person she is: <c>ldap</c> or <c>oidc</c>.</param>
/// <param name="Scopes">What her groups may.</param>
internal sealed record OutsidePerson(string Name, string Directory, IReadOnlyList<string> Scopes)
{
    /// <summary>What she may with one request; she has no token, so that the id is made of her name.</summary>
    public AccessToken ToAccess(DateTimeOffset? until = null)
        => new(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{Directory}\0{Name}")).AsSpan(0, 16)), Name, Scopes, until, Directory);

    /// <summary>
    /// Whether the name is somebody else's here: of a person or an account of Auxo's own, or of another directory. What stands in events
    /// would not be clear then.
    /// </summary>
    public static async Task<bool> IsTakenAsync(NpgsqlDataSource source, string name, string directory, CancellationToken ct)
        => (await source.ReadAsync(
            static r => r.GetBoolean(0), ct,
            "select directory is distinct from $2 from access.accounts where lower(name) = lower($1)", name, directory))
            .SingleOrDefault();
}
