using System.Collections.Concurrent;

using Auxo.Registry.Tokens;
using Auxo.ServiceDefaults.Access;

using Npgsql;

namespace Auxo.Registry.Identities;

/// <summary>
/// Sessions of people of a directory or an identity provider: tokens like all others, with the scopes that they have now.
/// </summary>
internal sealed class OutsideSessions(NpgsqlDataSource source, AccessTokens tokens, TimeProvider time)
{
    /// <summary>A day's work, as for people of Auxo's own.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromHours(12);

    private static readonly TimeSpan Short = TimeSpan.FromMinutes(15), LeftAtLeast = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, NewTokenAnswer> _short = new(StringComparer.Ordinal);

    /// <summary>Starts one; null when the name was taken by an account of Auxo's own meanwhile.</summary>
    public async Task<NewTokenAnswer?> OpenAsync(OutsidePerson person, TimeSpan life, CancellationToken ct)
    {
        var (text, now) = (AccessToken.Generate(), time.GetUtcNow());
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await TokenTable.InsertOutsideSessionAsync(connection, person, AccessToken.Hash(text), now + life, now, ct) is not { } token)
            return null;
        await transaction.CommitAsync(ct);
        tokens.Forget();
        return new NewTokenAnswer(token, text);
    }

    /// <summary>
    /// One of a quarter of an hour, for a client that changes name and password for a token before each of its steps. It gets the same
    /// one again while that works and has some minutes left.
    /// </summary>
    public async Task<NewTokenAnswer?> ShortAsync(OutsidePerson person, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        foreach (var (name, old) in _short) if (old.Token.ExpiresAt <= now) _short.TryRemove(name, out _);
        if (_short.TryGetValue(person.Name, out var known) && known.Token.ExpiresAt - now > LeftAtLeast
            && known.Token.Scopes.SequenceEqual(person.Scopes, StringComparer.Ordinal)
            && await tokens.FindAsync(known.Text, ct) is not null) return known;
        return await OpenAsync(person, Short, ct) is { } made ? _short[person.Name] = made : null;
    }
}
