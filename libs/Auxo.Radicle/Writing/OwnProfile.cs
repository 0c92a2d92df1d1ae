using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>
/// A profile of Auxo's own, with a key of its own, that writes into the node's storage: no write of the user's is ever in its way. The
/// node announces what it writes, as it announces what it has fetched.
/// </summary>
public static class OwnProfile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes it where it is not there yet; the key has no passphrase, so that nobody is asked for one.</summary>
    /// <param name="folder">Where; nobody else can read it.</param>
    /// <param name="node">The node's profile.</param>
    /// <param name="alias">Its name for people.</param>
    /// <param name="turns">Finds <c>rad</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whose key it has; else why there is none, and what to do.</returns>
    public static async Task<(Did? Owner, string? Problem)> MakeAsync(
        string folder, RadicleHome node, string alias, RadTurns turns, CancellationToken cancellationToken)
    {
        var own = new RadicleHome(folder, node.Socket);
        if (await RadProgram.OwnerAsync(own, cancellationToken) is null)
        {
            if (turns.Find("rad") is not { } rad)
                return (null, "rad is not installed: put Radicle's programs on PATH (https://radicle.xyz/install)");
            Directory.CreateDirectory(folder, OwnerOnly);
            var made = await new RadProgram(rad, own, passphrase: "", TimeProvider.System).RunAsync(["auth", "--alias", alias]);
            if (await RadProgram.OwnerAsync(own, cancellationToken) is null) return (null, $"rad auth made no key: {made}");
        }

        var link = new DirectoryInfo(own.Storage);
        if (link.LinkTarget is null && link.Exists)
        {
            // rad makes an empty one; anything else in it is not ours to throw away.
            if (link.EnumerateFileSystemInfos().Any()) return (null, $"{own.Storage} holds repositories: move it away");
            link.Delete();
        }

        if (link.LinkTarget != node.Storage)
        {
            if (link.LinkTarget is not null) link.Delete();
            Directory.CreateSymbolicLink(own.Storage, node.Storage);
        }

        return (await RadProgram.OwnerAsync(own, cancellationToken), null);
    }
}
