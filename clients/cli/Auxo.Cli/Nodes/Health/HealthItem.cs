namespace Auxo.Cli.Nodes.Health;

/// <summary>How urgent it is, in rising order.</summary>
internal enum HealthState
{
    Fine,
    Warning,
    Critical,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What: <c>disk auxo</c>, <c>service ingest</c>.</param>
/// <param name="State">How it is.</param>
/// <param name="Text">What was seen.</param>
/// <param name="Next">What to do, where it is not fine.</param>
internal sealed record HealthItem(string Name, HealthState State, string Text, string? Next = null);
