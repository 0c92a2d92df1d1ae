using Auxo.Radicle;

namespace Auxo.Cli.Patches.Copies;

/// <summary>
/// Whether the user's key can be used, looked at before something is written. rad would ask for the passphrase on the terminal itself,
/// where its question is not seen while its output is read here.
/// </summary>
internal static class KeyLock
{
    /// <summary>The passphrase that the programs need from here; null when they need none.</summary>
    /// <param name="host">Who is asked.</param>
    /// <param name="agentKeys">What <c>ssh-add -L</c> lists; null where there is no agent.</param>
    /// <exception cref="CliException">The key is locked, and nobody is here to open it.</exception>
    public static async Task<string?> OpenAsync(CliHost host, Func<Task<string?>> agentKeys)
    {
        if (RadicleHome.Find(host.Variable) is not RadicleHomeSearch.Found { Home: var home }) return null;
        if (host.Variable("RAD_PASSPHRASE") is not null || !File.Exists(home.Key) || PrivateKeyFile.IsOpen(home.Key)) return null;
        if (await agentKeys() is { } keys && await PublicAsync(home) is { } own && keys.Contains(own, StringComparison.Ordinal))
            return null;
        return host.ReadSecret?.Invoke("Passphrase of your Radicle key: ") ?? throw new CliException(
            ExitCode.Negative, "Your Radicle key is locked.", "Unlock it: rad auth. Or give its passphrase in RAD_PASSPHRASE.");
    }

    /// <summary>The key as an agent lists it.</summary>
    private static async Task<string?> PublicAsync(RadicleHome home)
        => File.Exists(home.Key + ".pub") && (await File.ReadAllTextAsync(home.Key + ".pub")).Split(' ') is [_, var key, ..]
            ? key.Trim()
            : null;
}
