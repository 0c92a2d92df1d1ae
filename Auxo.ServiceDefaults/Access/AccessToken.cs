using System.Security.Cryptography;
using System.Text;

using Npgsql;

namespace Auxo.ServiceDefaults.Access;

/// <summary>A bearer token as the table knows it: who, what for, how long; never its text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">For people, such as <c>admin</c> or <c>grafana</c>.</param>
/// <param name="Scopes">What it may do, such as <c>pipeline:read</c>; <c>admin</c> implies everything.</param>
/// <param name="ExpiresAt">The first instant at which it is worth nothing; null for never.</param>
/// <param name="Role">
/// The role of the person whose session it is, or whose directory she is of; null for a token of a service account.
/// </param>
public sealed record AccessToken(
    Guid Id, string Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, string? Role = null)
{
    /// <summary>The scope that implies all others.</summary>
    public const string Admin = "admin";

    /// <summary>A new token's text: <c>auxo_</c> and 256 random bits. It is shown once and stored nowhere.</summary>
    public static string Generate()
        => "auxo_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>What is stored of a token: SHA-256 over its UTF-8 text, 32 bytes.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Stores a new token and returns its text, which cannot be read again.</summary>
    public static async Task<string> CreateAsync(
        NpgsqlDataSource source, string name, IReadOnlyList<string> scopes, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        var token = Generate();
        await using var command = source.CreateCommand(
            "insert into access.tokens (name, hash, scopes, expires_at) values ($1, $2, $3, $4)");
        command.Parameters.AddWithValue(name);
        command.Parameters.AddWithValue(Hash(token));
        command.Parameters.AddWithValue(scopes.ToArray());
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = (object?)expiresAt ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz,
        });
        await command.ExecuteNonQueryAsync(ct);
        return token;
    }

    /// <summary>
    /// Brings the schema <c>access</c> up to date. The AppHost does this for an instance; tests do it for their own database.
    /// </summary>
    public static async Task ApplySchemaAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        var assembly = typeof(AccessToken).Assembly;
        foreach (var file in assembly.GetManifestResourceNames().Where(static n => n.StartsWith("access.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            await using var stream = assembly.GetManifestResourceStream(file)!;
            using var reader = new StreamReader(stream);
            await using var command = source.CreateCommand("set client_min_messages = warning;\n" + await reader.ReadToEndAsync(ct));
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
