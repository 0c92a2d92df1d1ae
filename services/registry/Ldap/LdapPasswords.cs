using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

using Auxo.Registry.Identities;
using Auxo.Registry.People;
using Auxo.Registry.Sessions;
using Auxo.ServiceDefaults.Access.Authentications;
using Auxo.ServiceDefaults.Access.Outside;

using Npgsql;

namespace Auxo.Registry.Ldap;

/// <summary>
/// Lets people in by their names and passwords of an LDAP directory. What the server said is believed for a minute, right or wrong: a
/// package client asks a hundred times in one install. Wrong tries are slowed down as those of Auxo's own people.
/// </summary>
internal sealed class LdapPasswords(
    LdapSettings settings, LdapDirectory directory, SignInTries tries, NpgsqlDataSource source, TimeProvider time)
    : IOutsideAuthority, IDisposable
{
    /// <summary>Whose people they are, in tables.</summary>
    public const string Directory = "ldap";

    private const int MostKept = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private const int LongestPassword = 1_000;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, (LdapDecision Decision, long At)> _kept = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(4, 4);

    /// <inheritdoc/>
    public bool Knows(string? user, string secret)
        => user is { Length: > 0 } && !secret.StartsWith("auxo_", StringComparison.Ordinal);

    /// <inheritdoc/>
    public async ValueTask<OutsideAnswer> AskAsync(HttpContext http, string? user, string secret, CancellationToken ct)
    {
        var decision = await DecideAsync(user!, secret, CallerAddress.Of(http), ct);
        return new OutsideAnswer(
            AuthenticationKinds.Ldap, decision.Person?.ToAccess(), decision.Refusal, decision.Name);
    }

    /// <summary>Who that is, or why nobody.</summary>
    /// <exception cref="DirectoryAwayException">The server cannot be asked.</exception>
    /// <exception cref="TooManyTriesException">Too many wrong tries came before it.</exception>
    /// <exception cref="BusyException">More passwords are asked for than the server answers.</exception>
    public async Task<LdapDecision> DecideAsync(string typed, string password, string address, CancellationToken ct)
    {
        var name = typed.Trim().ToLowerInvariant();
        // Also what could mean something else to the server is no name.
        if (PersonRules.RefuseName(name) is not null || password.Length is 0 or > LongestPassword)
            return LdapDecision.No(Refusals.WrongPassword);
        var key = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{name}\0{password}")));
        if (Kept(key) is { } kept) return kept;
        if (!await _places.WaitAsync(Patience, ct)) throw new BusyException();
        try
        {
            return Kept(key) ?? Keep(key, await AskAsync(name, password, address, ct));
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private async Task<LdapDecision> AskAsync(string name, string password, string address, CancellationToken ct)
    {
        if (await OutsidePerson.IsTakenAsync(source, name, Directory, ct)) return LdapDecision.No(Refusals.NameTaken, name);
        LdapPerson? found = null;
        var (isRight, wait) = await tries.TryAsync(
            name, address, async () => (found = await directory.AskAsync(name, password, ct)).IsRight);
        if (wait is { } longer) throw new TooManyTriesException(longer);
        if (!isRight) return LdapDecision.No(Refusals.WrongPassword, name);
        var scopes = settings.Groups.Of(found!.Groups);
        return scopes.Count > 0
            ? new LdapDecision(new OutsidePerson(name, Directory, scopes), null, name)
            : LdapDecision.No(Refusals.NoGroup, name);
    }

    private LdapDecision? Kept(string key)
        => _kept.TryGetValue(key, out var kept) && time.GetElapsedTime(kept.At) < settings.Cache ? kept.Decision : null;

    private LdapDecision Keep(string key, LdapDecision decision)
    {
        // A flood of wrong passwords empties it; those of the right ones ask once more.
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[key] = (decision, time.GetTimestamp());
        return decision;
    }
}

/// <summary>Who somebody is in the directory.</summary>
/// <param name="Person">Null for nobody.</param>
/// <param name="Refusal">Why nobody: one of <see cref="Refusals"/>.</param>
/// <param name="Name">Who she says that she is.</param>
internal sealed record LdapDecision(OutsidePerson? Person, string? Refusal, string? Name)
{
    public static LdapDecision No(string refusal, string? name = null) => new(null, refusal, name);
}
