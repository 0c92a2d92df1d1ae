namespace Auxo.Owners;

/// <summary>Which paths a line is about. Matching takes time by the product of both lengths at most: no pattern is a trap.</summary>
internal abstract class PathPattern
{
    /// <summary>No longer pattern is read: nobody writes such a one by hand.</summary>
    public const int Longest = 1000;

    public abstract bool IsCatchAll { get; }

    public abstract bool Matches(in RepositoryPath path);
}
