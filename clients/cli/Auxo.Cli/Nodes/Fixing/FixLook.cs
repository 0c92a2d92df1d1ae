namespace Auxo.Cli.Nodes.Fixing;

/// <summary>What a look at one step came to.</summary>
internal enum FixState
{
    /// <summary>It is as it should be.</summary>
    Fine,

    /// <summary>It can be mended here.</summary>
    Needed,

    /// <summary>It does not apply here.</summary>
    Skipped,

    /// <summary>Somebody else has to do something first.</summary>
    Blocked,
}

/// <summary>What was seen, and what to do.</summary>
/// <param name="State">How it is.</param>
/// <param name="Text">What was seen.</param>
/// <param name="Does">The command that mends it: said before it is done. Where it is blocked: what somebody else has to do.</param>
/// <param name="Undo">The command that takes it back.</param>
internal sealed record FixLook(FixState State, string Text, string? Does = null, string? Undo = null);

/// <summary>One step: looked at, mended where it must be, and looked at again. Only the second look says whether it helped.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Look">Looks and changes nothing.</param>
/// <param name="Mend">Does what the look said. What programs say of it is not believed.</param>
internal sealed record FixStep(string Name, Func<CancellationToken, Task<FixLook>> Look, Func<CancellationToken, Task> Mend);
