using Auxo.Radicle;
using Auxo.ServiceDefaults.Doctor;

namespace Auxo.Ingest.Doctor;

/// <summary>
/// Whether <c>rad</c> can sign as the node's key. Neither the key nor its passphrase is read here; of the key's file only what
/// stands before the key is, and the agent is asked by OpenSSH's own program.
/// </summary>
internal static class DiagnoseKey
{
    public static async Task<Diagnosis> LookAsync(
        RadicleHome home, RadKeyAccess access, Func<string, string?> variable, CancellationToken ct)
    {
        if (await RadProgram.OwnerAsync(home, ct) is not { } owner) return Bad($"there is no key at {home.Key}.pub", "rad auth");
        var who = owner.Value;
        if (access.PassphraseFile is not null)
        {
            var (passphrase, problem) = await access.ReadAsync(ct);
            return problem is not null
                ? Bad($"{who}: {problem}", "the line above says what")
                : passphrase?.Length > 0 ? Fine($"{who}, unlocked by the file of its passphrase")
                : Bad($"{who}: {access.PassphraseFile} is empty", "write the passphrase into it");
        }

        if (variable("RAD_PASSPHRASE") is { Length: > 0 }) return Fine(
            $"{who}, unlocked by RAD_PASSPHRASE (a file is safer: Auxo__Radicle__PassphraseFile)");
        if (PrivateKeyFile.IsOpen(home.Key)) return Fine($"{who}, without a passphrase: whoever reads the file can sign");
        var agent = variable("SSH_AUTH_SOCK") is { Length: > 0 } socket
            ? await Diagnose.OutputAsync("ssh-add", ["-L"], ct, new Dictionary<string,
                string>(StringComparer.Ordinal) { ["SSH_AUTH_SOCK"] = socket }) : null;
        var publicKey = (await File.ReadAllTextAsync(home.Key + ".pub", ct)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return agent is not null && publicKey.Length > 1 && agent.Contains(publicKey[1].Trim(), StringComparison.Ordinal)
            ? Fine($"{who}, unlocked in the agent")
            : Bad(
                $"{who} is locked: no passphrase file, and "
                    + $"{(agent is null ? "no agent answers" : "the agent does not have it")}; comments wait",
                "rad auth   (into the agent), or Auxo__Radicle__PassphraseFile=FILE (mode 0600), then restart Auxo");

        static Diagnosis Fine(string text) => new("key", Health.Fine, text);
        static Diagnosis Bad(string text, string next) => new("key", Health.Trouble, text, next);
    }
}
