using Auxo.Contracts;
using Auxo.ServiceDefaults.Access;

using Npgsql;

namespace Auxo.Ingest.Visibility;

/// <summary>Which repositories everybody may read: kept beside the tokens, where all services look.</summary>
public sealed class PublicRepositories(NpgsqlDataSource database, AccessTokens access)
{
    /// <summary>Lets everybody read it: here at once, in the other services within ten seconds.</summary>
    public async Task OpenAsync(Rid rid, string by, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "insert into access.public_repositories (rid, public_at, public_by) values ($1, $2, $3) on conflict do nothing");
        foreach (object value in (object[])[rid.Value, now, by]) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(ct);
        access.Forget();
    }

    /// <summary>Asks for a token again: here at once, in the other services within ten seconds.</summary>
    public async Task CloseAsync(Rid rid, CancellationToken ct)
    {
        await using var command = database.CreateCommand("delete from access.public_repositories where rid = $1");
        command.Parameters.AddWithValue(rid.Value);
        await command.ExecuteNonQueryAsync(ct);
        access.Forget();
    }

    /// <summary>
    /// What Radicle keeps private is not public here, whatever was said before. Asks memory only, as long as there is nothing to close.
    /// </summary>
    /// <returns>True when it was public until now.</returns>
    public async Task<bool> CloseWhatIsPrivateAsync(Rid rid, CancellationToken ct)
    {
        if (!await access.IsPublicAsync(rid, ct)) return false;
        await CloseAsync(rid, ct);
        return true;
    }
}
