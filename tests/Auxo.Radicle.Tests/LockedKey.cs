using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

/// <summary>A node's key that only a passphrase opens: then Radicle's own programs write.</summary>
internal static class LockedKey
{
    /// <summary>Gives the key of the lab's first node a passphrase.</summary>
    public static async Task<RadKeyAccess> MakeAsync(RadicleLab lab, RadicleHome home, CancellationToken ct)
    {
        await lab.Nodes[0].RunAsync(lab.Folder, ct, "ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", home.Key);
        var file = Path.Combine(lab.Folder, "passphrase");
        await File.WriteAllTextAsync(file, "secret\n", ct);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new RadKeyAccess(file);
    }

    /// <summary>Takes the passphrase away again, for programs that are not told it.</summary>
    public static Task OpenAsync(RadicleLab lab, RadicleHome home, CancellationToken ct)
        => lab.Nodes[0].RunAsync(lab.Folder, ct, "ssh-keygen", "-q", "-p", "-P", "secret", "-N", "", "-f", home.Key);
}
