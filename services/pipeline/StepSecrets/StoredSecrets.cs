using System.Security.Cryptography;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.StepSecrets.Keys;

using Npgsql;

namespace Auxo.Pipeline.StepSecrets;

/// <summary>Reads the secrets of a build from the table. While PostgreSQL is away it waits, as the build's records do.</summary>
internal sealed class StoredSecrets(NpgsqlDataSource database, SecretKeys keys, TimeProvider time, ILogger<StoredSecrets> logger)
{
    /// <summary>Reads them once for the whole build, and remembers that it was given them.</summary>
    public async Task<BuildSecrets> ReadAsync(Build build, CancellationToken ct)
    {
        var asked = BuildSecrets.Asked(build);
        return asked.Count == 0
            ? BuildSecrets.None
            : await DatabaseOutage.SitOutAsync(
                () => ReadAsync(build, asked, ct),
                reason => logger.LogWarning(
                    "PostgreSQL does not answer ({Reason}); the steps of build {BuildId} wait for their secrets.", reason, build.BuildId),
                time, ct);
    }

    private async Task<BuildSecrets> ReadAsync(Build build, IReadOnlyCollection<string> asked, CancellationToken ct)
    {
        var rid = build.Subject.Rid;
        var rows = await SecretTable.NamedAsync(database, rid, asked, ct);
        var release = SecretRelease.Of(build, await BuildTable.DefaultBranchAsync(database, rid, ct) ?? "");
        var released = rows.Values.Where(row => build.Plan.Steps.Any(step
            => step.Secrets?.Contains(row.Secret.Name, StringComparer.Ordinal) == true && release.Refuse(row.Secret, step.Name) is null));
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in released)
            if (Decrypt(row) is { } value) values[row.Secret.Name] = value;
        await SecretTable.UsedAsync(
            database, values.Keys.Select(name => rows[name].Secret), build.BuildId, time.GetUtcNow(), ct);
        return new BuildSecrets(values, Refuse);

        string? Refuse(string name, CommandStep step)
            => !rows.TryGetValue(name, out var row) ? release.Missing(name)
                : release.Refuse(row.Secret, step.Name) ?? (values.ContainsKey(name) ? null : release.Unreadable(name));
    }

    private string? Decrypt(SecretRow row)
    {
        try
        {
            return keys.Read().FirstOrDefault(key => key.Id == row.KeyId)?.Decrypt(row.Secret.Rid, row.Secret.Name, row.Value);
        }
        catch (Exception e) when (e is CryptographicException or SecretKeysException or IOException or UnauthorizedAccessException)
        {
            logger.LogError(
                "The secret {Name} of {Rid} cannot be decrypted: {Reason}", row.Secret.Name, row.Secret.Rid?.Value ?? "all", e.Message);
            return null;
        }
    }
}
