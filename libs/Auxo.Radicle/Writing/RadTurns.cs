using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>
/// Gives turns of writing to a repository with the profile's key: by git alone where the key can be read, else by one of Radicle's
/// programs.
/// </summary>
public sealed class RadTurns(RadKeyAccess key, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly WriteTurns _turns = new(time);

    /// <summary>The folders in which programs are looked for, each time again: they may be installed while Auxo runs.</summary>
    public string? SearchPath { get; init; } = Environment.GetEnvironmentVariable("PATH");

    /// <summary>Where a program is; null when it is in none of the folders.</summary>
    public string? Find(string program) => RadProgram.Find(program, SearchPath);

    /// <summary>A program, for what needs no key; null when it is not installed.</summary>
    public RadProgram? Of(string program, RadicleHome home)
        => Find(program) is { } found ? new RadProgram(found, home, passphrase: null, time) : null;

    /// <summary>Waits until nobody else writes to the repository as the same key.</summary>
    /// <param name="program">The name of the program that writes where the key cannot be read.</param>
    /// <param name="home">The profile to write as.</param>
    /// <param name="rid">The repository.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<RadTurn> TakeAsync(string program, RadicleHome home, Rid rid, CancellationToken cancellationToken)
    {
        if (await RadProgram.OwnerAsync(home, cancellationToken) is not { } own)
            return new RadTurn.Waits($"no Radicle key in {home.Path}: run `rad auth`");
        var signing = SigningKey.TryOpen(home.Key, own);
        try
        {
            var found = Find(program);
            if (signing is null && found is null) return new RadTurn.Waits(
                $"{program} is not installed: put Radicle's programs on PATH (https://radicle.xyz/install)");
            var (passphrase, problem) = await key.ReadAsync(cancellationToken);
            if (signing is null && problem is not null) return new RadTurn.Waits(problem);
            if (await _turns.TakeAsync(LockFile(home, rid), Patience, cancellationToken) is not { } turn)
                return new RadTurn.Busy("Another process is writing as the same key.");
            var held = new RadTurn.Held(
                found is null ? null : new RadProgram(found, home, passphrase, time), signing, own, turn);
            signing = null;
            return held;
        }
        finally
        {
            signing?.Dispose();
        }
    }

    /// <summary>Tells the peers what was written, after it.</summary>
    /// <returns>Null when the node has taken it; else why not. What was written stands either way, and a next call tells them.</returns>
    public async Task<string?> AnnounceAsync(RadicleHome home, Rid rid, Did own, CancellationToken cancellationToken)
    {
        try
        {
            await new NodeControl(home.Socket, time).AnnounceRefsForAsync(rid, [own], cancellationToken);
            return null;
        }
        catch (NodeException e)
        {
            return e.Message;
        }
    }

    /// <summary>The file that writers of one key and repository lock.</summary>
    public static string LockFile(RadicleHome home, Rid rid) => Path.Combine(home.Path, "node", $"auxo-{rid.Bare}.lock");
}

/// <summary>Whether somebody may write now.</summary>
public abstract record RadTurn
{
    private RadTurn()
    {
    }

    /// <summary>He may, until it is disposed.</summary>
    /// <param name="Rad">The program; null where it is not installed, and then there is a key.</param>
    /// <param name="Key">The key; null where only the program can sign.</param>
    /// <param name="Own">Whose key it is.</param>
    /// <param name="Turn">Ends the turn.</param>
    public sealed record Held(RadProgram? Rad, SigningKey? Key, Did Own, IDisposable Turn) : RadTurn, IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            Key?.Dispose();
            Turn.Dispose();
        }
    }

    /// <summary>A person has to do something first.</summary>
    public sealed record Waits(string Reason) : RadTurn;

    /// <summary>Somebody else has written for very long.</summary>
    public sealed record Busy(string Reason) : RadTurn;
}
