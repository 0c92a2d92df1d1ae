namespace Auxo.Pipeline.Owners;

/// <summary>Who owns what a patch changes, as the verdict names them.</summary>
/// <param name="First">Those of most changed files, the most first.</param>
/// <param name="Count">How many owners there are.</param>
/// <param name="Unowned">How many changed files have no owner.</param>
public sealed record ChangeOwners(IReadOnlyList<OwnerOfFiles> First, int Count, int Unowned)
{
    /// <summary>So many are kept and told: nobody reads more of them in a comment.</summary>
    public const int Most = 10;
}
