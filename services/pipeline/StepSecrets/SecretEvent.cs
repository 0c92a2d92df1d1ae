namespace Auxo.Pipeline.StepSecrets;

/// <summary>
/// What people do with the secrets of steps; never their values. Stored in stream <c>secret/{rid}/{name}</c>, with <c>all</c> for a
/// secret of all repositories; a new key in <c>secret-key</c>.
/// </summary>
public abstract record SecretEvent
{
    /// <summary>The stream of the key.</summary>
    public const string KeyStream = "secret-key";

    private SecretEvent()
    {
    }

    /// <summary>Somebody gave it a value, and said which steps are given it.</summary>
    /// <param name="Branches">Patterns of branches and tags; empty is the default branch and all tags.</param>
    /// <param name="Steps">Patterns of the steps' names; empty is every step that names it.</param>
    /// <param name="Patches">Whether steps of patches are given it.</param>
    /// <param name="By">Who.</param>
    /// <param name="At">When.</param>
    public sealed record Set(
        IReadOnlyList<string> Branches, IReadOnlyList<string> Steps, SecretPatches Patches, string By, DateTimeOffset At) : SecretEvent;

    /// <summary>Somebody removed it.</summary>
    /// <param name="By">Who.</param>
    /// <param name="At">When.</param>
    public sealed record Removed(string By, DateTimeOffset At) : SecretEvent;

    /// <summary>All values were encrypted with a new key.</summary>
    /// <param name="Secrets">How many.</param>
    /// <param name="By">Who asked for it.</param>
    /// <param name="At">When.</param>
    public sealed record Rotated(int Secrets, string By, DateTimeOffset At) : SecretEvent;
}
