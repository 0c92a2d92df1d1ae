using System.Net.Sockets;
using System.Security.Authentication;

using Auxo.Registry.Ldap.Protocol;

namespace Auxo.Registry.Ldap;

/// <summary>What an LDAP server says of a name and a password.</summary>
/// <param name="IsRight">Whether both fit.</param>
/// <param name="Groups">In which groups that person is: their distinguished names and their names.</param>
internal sealed record LdapPerson(bool IsRight, IReadOnlyList<string> Groups)
{
    /// <summary>Nobody, or another password.</summary>
    public static readonly LdapPerson Wrong = new(false, []);
}

/// <summary>Asks an LDAP server: finds the person, binds as her, and looks in which groups she is.</summary>
internal sealed partial class LdapDirectory(LdapSettings settings, ILogger<LdapDirectory> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private const int MostGroups = 1_000;

    /// <summary>Whether this is her password, and in which groups she is.</summary>
    /// <exception cref="DirectoryAwayException">The server does not answer, or not as it should: nobody is let in.</exception>
    public async Task<LdapPerson> AskAsync(string name, string password, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await using var connection = await LdapConnection.OpenAsync(
                settings.Url, settings.StartTls, settings.Authorities, patience.Token);
            return await AskAsync(connection, name, password, patience.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException
            || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            Log.Away(logger, settings.Url, e is OperationCanceledException ? "no answer within five seconds" : e.Message);
            throw new DirectoryAwayException(e);
        }
    }

    private async Task<LdapPerson> AskAsync(LdapConnection connection, string name, string password, CancellationToken ct)
    {
        if (await FindAsync(connection, name, ct) is not { } dn) return LdapPerson.Wrong;
        switch (await connection.BindAsync(dn, password, ct))
        {
            case (int)LdapResult.Success: break;
            case (int)LdapResult.InvalidCredentials: return LdapPerson.Wrong;
            case var other: throw new IOException($"The LDAP server refuses the bind as '{dn}' (result {other}).");
        }

        await BindAsSearcherAsync(connection, ct);
        // Of groupOfNames and Active Directory, of groupOfUniqueNames, and of posixGroup.
        var groups = await connection.SearchAsync(
            settings.GroupBase, [("member", dn), ("uniqueMember", dn), ("memberUid", name)], MostGroups, "cn", ct);
        return new LdapPerson(true, [.. groups.SelectMany(static g => g.Values!.Append(g.Dn))]);
    }

    /// <summary>As whom she is bound; null when nobody has the name, or more than one.</summary>
    private async Task<string?> FindAsync(LdapConnection connection, string name, CancellationToken ct)
    {
        if (settings.UserDn is { } template)
            return template.Replace(LdapSettings.NameHole, DistinguishedName.Escape(name), StringComparison.Ordinal);
        await BindAsSearcherAsync(connection, ct);
        return await connection.SearchAsync(settings.UserBase!, [(settings.UserAttribute, name)], most: 2, "1.1", ct) is [var only]
            ? only.Dn : null;
    }

    private async Task BindAsSearcherAsync(LdapConnection connection, CancellationToken ct)
    {
        if (settings.BindDn is not { } dn) return;
        if (await connection.BindAsync(dn, settings.BindPassword, ct) is var result and not (int)LdapResult.Success)
            throw new IOException($"The LDAP server refuses Auxo__Ldap__BindDn with its password (result {result}).");
    }

    private static partial class Log
    {
        [LoggerMessage(580, LogLevel.Warning, "The LDAP server {Url} cannot be asked, so that nobody is let in by it: {Reason}")]
        public static partial void Away(ILogger logger, Uri url, string reason);
    }
}

/// <summary>The LDAP server cannot be asked.</summary>
public sealed class DirectoryAwayException(Exception inner) : AuxoException(
    "access/directory-away", StatusCodes.Status503ServiceUnavailable,
    "The LDAP server cannot be asked now, so nobody is let in by its passwords. Try again later, or use an access token.", inner);
