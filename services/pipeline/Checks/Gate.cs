namespace Auxo.Pipeline.Checks;

/// <summary>What a finding does to the verdict.</summary>
public enum Gate
{
    /// <summary>Nothing: it is not even shown.</summary>
    Off,

    /// <summary>It is shown; the build passes all the same.</summary>
    Warn,

    /// <summary>The build fails.</summary>
    Block,
}
