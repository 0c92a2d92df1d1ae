using Auxo.Hosting.Model;
using Auxo.Instances;
using Auxo.ServiceDefaults.Access;

using Npgsql;

namespace Auxo.AppHost;

/// <summary>
/// Makes the schema <c>access</c> and lets the administrator and the registry in; their tokens are files of the instance, mode
/// 0600, and so is the key of the tokens of builds.
/// </summary>
internal static class AccessSeed
{
    private static readonly (string Name, string[] Scopes)[] Holders = [("admin", [AccessToken.Admin]), ("registry", ["pipeline:read"])];

    public static async Task RunAsync(DatabaseInitialisation database, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false });
        await AccessToken.ApplySchemaAsync(source, ct);
        PrivateFiles.Secret(database.Layout.BuildTokenKey);
        foreach (var (name, scopes) in Holders)
        {
            var token = PrivateFiles.Secret(database.Layout.TokenFile(name));
            // A token file that was replaced by hand takes the place of the old one: nothing but the present file opens the door.
            await using var command = source.CreateCommand(
                """
                with replaced as (update access.tokens set revoked_at = now() where name = $1 and hash <> $2 and revoked_at is null)
                insert into access.tokens (name, hash, scopes) values ($1, $2, $3) on conflict (hash) do update set scopes = excluded.scopes
                """);
            command.Parameters.AddWithValue(name);
            command.Parameters.AddWithValue(AccessToken.Hash(token));
            command.Parameters.AddWithValue(scopes);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
