namespace Auxo.Owners;

/// <summary>Where a CODEOWNERS file may lie. The first that is there counts; the others are not read.</summary>
public static class OwnersPlaces
{
    private const string Root = "CODEOWNERS";
    private const string Docs = "docs/CODEOWNERS";
    private const string GitHub = ".github/CODEOWNERS";
    private const string GitLab = ".gitlab/CODEOWNERS";
    private const string Gitea = ".gitea/CODEOWNERS";
    private const string Forgejo = ".forgejo/CODEOWNERS";

    /// <summary>
    /// All places, in the order in which they are tried when nobody names a syntax: the folders of the forges come first.
    /// </summary>
    public static IReadOnlyList<string> All { get; } = [GitHub, GitLab, Forgejo, Gitea, Root, Docs];

    /// <summary>The order of that forge: each has its own.</summary>
    /// <param name="syntax">Null: nobody named one.</param>
    public static IReadOnlyList<string> Of(OwnersSyntax? syntax) => syntax switch
    {
        OwnersSyntax.GitHub => [GitHub, Root, Docs],
        OwnersSyntax.GitLab => [Root, Docs, GitLab],
        OwnersSyntax.Forgejo => [Root, Docs, Gitea, Forgejo],
        _ => All,
    };

    /// <summary>The syntax that a place alone says; null for those that all forges share.</summary>
    internal static OwnersSyntax? SyntaxAt(string path) => path switch
    {
        GitHub => OwnersSyntax.GitHub,
        GitLab => OwnersSyntax.GitLab,
        Gitea or Forgejo => OwnersSyntax.Forgejo,
        _ => null,
    };
}
