namespace Auxo.Registry.Freshness;

/// <summary>Keeps what a default branch uses; a worker compares it with what is known.</summary>
public static class OnDependenciesFoundHandler
{
    /// <summary>No more are compared.</summary>
    internal const int Most = 2000;

    /// <summary>Longer names and versions are nobody's.</summary>
    internal const int Longest = 214;

    /// <summary>From now on it is this; an older message than the one before changes nothing.</summary>
    public static KeepDependencies Handle(DependenciesFound message)
        => new(new KeptDependencies(
            message.Rid, message.RepositoryName.Replace("\0", "", StringComparison.Ordinal), message.Head,
            [.. message.Packages.Where(static package => Fits(package.Name) && Fits(package.Version)).Take(Most)], message.Count,
            message.Files, message.At));

    private static bool Fits(string text) => text.Length is > 0 and <= Longest && !text.Any(char.IsControl);
}

/// <summary>Keeps what a default branch uses.</summary>
/// <param name="Found">It.</param>
public sealed record KeepDependencies(KeptDependencies Found) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session) => session.QueueSqlCommand(DependencyTable.Keep(Found));
}
