namespace Auxo.Console.Patches;

/// <summary>What a patch's author may do here, and what follows from that.</summary>
/// <param name="Word"><c>delegate</c>, <c>allow-listed</c> or <c>stranger</c>.</param>
/// <param name="Follows">For people.</param>
/// <param name="Next">The command that changes it; null when nothing has to be.</param>
internal sealed record AuthorTrust(string Word, string Follows, string? Next)
{
    /// <summary>
    /// As the repository's list stands now. Without the list, which a visitor does not get, only a delegate is known; null for
    /// everybody else.
    /// </summary>
    public static AuthorTrust? Of(string author, Repository repository, bool hasList)
        => repository.Delegates?.Contains(author, StringComparer.Ordinal) is true
            ? new AuthorTrust("delegate", "The steps of this author's pipeline file run at once.", null)
            : !hasList
                ? null
                : repository.Trusted?.Contains(author, StringComparer.Ordinal) is true
                    ? new AuthorTrust("allow-listed", "The steps of this author's pipeline file run at once.", null)
                    : new AuthorTrust(
                        "stranger",
                        "The built-in checks run at once. The steps of the pipeline file run after somebody has looked at the commit and "
                            + "approved it.",
                        $"auxo repo trust {repository.Rid} {author}");
}
