namespace Auxo.Owners;

/// <summary>Whose rules a CODEOWNERS file follows. They differ in what a pattern is and in which of several matches counts.</summary>
public enum OwnersSyntax
{
    /// <summary>Patterns as in <c>.gitignore</c>; the last line that matches counts, alone.</summary>
    GitHub,

    /// <summary>Globs in sections; the last line that matches counts, in each section.</summary>
    GitLab,

    /// <summary>Regular expressions over the whole path; all lines that match count. Gitea's are the same.</summary>
    Forgejo,
}
