using System.Security.Cryptography;

using Auxo.Pipeline.StepSecrets;
using Auxo.Pipeline.StepSecrets.Keys;
using Auxo.ServiceDefaults.Doctor;

using Npgsql;

namespace Auxo.Pipeline.Doctor;

/// <summary>Whether the secrets of steps can be decrypted with what is in <c>secrets.key</c>.</summary>
internal static class SecretsDiagnosis
{
    private const string Name = "secrets";
    private const string PutBack = "put secrets.key back from your copy into AUXO_HOME, which counts at once; without a copy: "
        + "auxo secret list   (says which; set each again: auxo secret set NAME)";

    /// <summary>Tries each value; none where no secret was ever set.</summary>
    public static async Task<IReadOnlyList<Diagnosis>> LookAsync(NpgsqlDataSource database, SecretKeys keys, CancellationToken ct)
    {
        IReadOnlyList<SecretRow> rows;
        try
        {
            rows = await SecretTable.ListAsync(database, rid: null, ct);
        }
        catch (Exception e) when (DatabaseAway.Is(e))
        {
            // What is wrong with PostgreSQL is said by others.
            return [];
        }

        try
        {
            var read = keys.Read();
            return rows.Count == 0 && read.Count == 0 ? [] : [Judge(rows, read)];
        }
        catch (Exception e) when (e is SecretKeysException or IOException or UnauthorizedAccessException)
        {
            var why = e.Message.ReplaceLineEndings(" ");
            return rows.Count == 0 ? [] : [new Diagnosis(
                Name, Health.Trouble, $"none of the {Values(rows.Count)} can be given to a step: {why}", PutBack)];
        }
    }

    /// <summary>Says what the keys are good for.</summary>
    /// <param name="rows">All secrets.</param>
    /// <param name="keys">All keys.</param>
    public static Diagnosis Judge(IReadOnlyList<SecretRow> rows, IReadOnlyList<SecretKey> keys)
    {
        var known = keys.ToDictionary(static key => key.Id, StringComparer.Ordinal);
        var (lost, wrong) = (0, 0);
        foreach (var row in rows)
        {
            if (!known.TryGetValue(row.KeyId, out var key)) lost++;
            else if (!Opens(key, row)) wrong++;
        }

        if (lost > 0) return new Diagnosis(
            Name, Health.Trouble,
            $"{lost} of {Values(rows.Count)} {(lost == 1 ? "has" : "have")} no key here: "
                + (keys.Count == 0 ? "secrets.key is lost" : "secrets.key is another one than they were encrypted by")
                + "; steps that ask for them fail", PutBack);
        return wrong > 0
            ? new Diagnosis(
                Name, Health.Trouble, $"{wrong} of {Values(rows.Count)} {(wrong == 1 ? "was" : "were")} changed in the database and "
                    + "cannot be decrypted; steps that ask for them fail",
                "set them again: auxo secret set NAME   (auxo secret list names all)")
            : new Diagnosis(Name, Health.Fine, $"{Values(rows.Count)}, each with its key in secrets.key; keep a copy of that file");
    }

    private static bool Opens(SecretKey key, SecretRow row)
    {
        try
        {
            key.Decrypt(row.Secret.Rid, row.Secret.Name, row.Value);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string Values(int count) => count == 1 ? "1 secret of steps" : $"{count} secrets of steps";
}
