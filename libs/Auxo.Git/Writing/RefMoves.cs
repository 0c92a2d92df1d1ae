using System.Text;

namespace Auxo.Git;

/// <summary>A ref and where it shall point.</summary>
/// <param name="Name">In full.</param>
/// <param name="To">The new object.</param>
/// <param name="From">What it must point at until then; null when it must not exist.</param>
public sealed record RefMove(string Name, string To, string? From);

/// <summary>Moves refs, all or none, and only from where they are expected to be: what another program wrote meanwhile stays.</summary>
public static class RefMoves
{
    private const string Nowhere = "0000000000000000000000000000000000000000";

    /// <summary>Moves them.</summary>
    /// <param name="repository">A repository.</param>
    /// <param name="moves">What is wanted.</param>
    /// <param name="ct">Kills git.</param>
    /// <returns>Null when all are moved; else git's words for the ref that was elsewhere or locked, and none is moved.</returns>
    /// <exception cref="GitException">Something else is wrong.</exception>
    public static async Task<string?> TryAsync(string repository, IReadOnlyList<RefMove> moves, CancellationToken ct)
    {
        var asked = new StringBuilder("start\n");
        foreach (var move in moves) asked.Append($"update {move.Name} {move.To} {move.From ?? Nowhere}\n");
        asked.Append("prepare\ncommit\n");
        try
        {
            await GitCommand.RunAsync(repository, ["update-ref", "--stdin"], ct, Encoding.UTF8.GetBytes(asked.ToString()));
            return null;
        }
        catch (GitException e) when (e.Errors.Contains("cannot lock ref", StringComparison.Ordinal))
        {
            return e.Errors.Trim();
        }
    }
}
