using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>Gives turns of writing to a repository with one of Radicle's programs and the profile's key.</summary>
public sealed class RadTurns(RadKeyAccess key, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly WriteTurns _turns = new(time);

    /// <summary>The folders in which programs are looked for, each time again: they may be installed while Auxo runs.</summary>
    public string? SearchPath { get; init; } = Environment.GetEnvironmentVariable("PATH");

    /// <summary>Where a program is; null when it is in none of the folders.</summary>
    public string? Find(string program) => RadProgram.Find(program, SearchPath);

    /// <summary>Waits until nobody else writes to the repository as the same key.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="home">The profile to write as.</param>
    /// <param name="rid">The repository.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<RadTurn> TakeAsync(string program, RadicleHome home, Rid rid, CancellationToken cancellationToken)
    {
        if (await RadProgram.OwnerAsync(home, cancellationToken) is not { } own)
            return new RadTurn.Waits($"no Radicle key in {home.Path}: run `rad auth`");
        var (passphrase, problem) = await key.ReadAsync(cancellationToken);
        if (problem is not null) return new RadTurn.Waits(problem);
        var turn = await _turns.TakeAsync(LockFile(home, rid), Patience, cancellationToken);
        return turn is null
            ? new RadTurn.Busy("Another process is writing as the same key.")
            : new RadTurn.Held(new RadProgram(program, home, passphrase, time), own, turn);
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
    /// <param name="Rad">The program.</param>
    /// <param name="Own">Whose key it writes with.</param>
    /// <param name="Turn">Ends the turn.</param>
    public sealed record Held(RadProgram Rad, Did Own, IDisposable Turn) : RadTurn, IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => Turn.Dispose();
    }

    /// <summary>A person has to do something first.</summary>
    public sealed record Waits(string Reason) : RadTurn;

    /// <summary>Somebody else has written for very long.</summary>
    public sealed record Busy(string Reason) : RadTurn;
}
