namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>What a check came to, in rising order.</summary>
internal enum DiagnosisState
{
    /// <summary>It is as it should be.</summary>
    Fine,

    /// <summary>It cannot be seen from here, or does not apply. That is no fault.</summary>
    NotKnown,

    /// <summary>It works, but not well, or not for long.</summary>
    Warning,

    /// <summary>Because of this the two nodes do not work together.</summary>
    Critical,
}

/// <summary>One of the thirteen checks.</summary>
/// <param name="Number">1 to 13.</param>
/// <param name="Name">What it is about.</param>
/// <param name="State">How it is.</param>
/// <param name="Evidence">What was seen.</param>
/// <param name="Cause">Why it is so, where it is not as it should be.</param>
/// <param name="Next">The command that mends it.</param>
internal sealed record DiagnosisItem(
    int Number, string Name, DiagnosisState State, string Evidence, string? Cause = null, string? Next = null);
