using Auxo.Contracts;

namespace Auxo.Owners;

/// <summary>Somebody whose accept counts: a person of the file, or a key that CODEOWNERS names itself.</summary>
/// <param name="Name">As people call them: <c>@alice</c>, or the DID.</param>
/// <param name="Did">The key that signs their reviews.</param>
public sealed record Accepter(string Name, Did Did);

/// <summary>An accept that a change needs.</summary>
/// <param name="Owners">As CODEOWNERS has them; any of them will do.</param>
/// <param name="Section">The section of GitLab's syntax; null for none.</param>
/// <param name="Needed">So many of them must accept.</param>
/// <param name="Given">Those who have.</param>
/// <param name="Open">Those who may still, the author not among them.</param>
/// <param name="Path">A path that it is for.</param>
/// <param name="Paths">How many paths it is for.</param>
public sealed record WantedAccept(
    IReadOnlyList<string> Owners, string? Section, int Needed, IReadOnlyList<Accepter> Given, IReadOnlyList<Accepter> Open, string Path,
    int Paths)
{
    private const int MostNames = 5;

    /// <summary>Enough have accepted.</summary>
    public bool IsGiven => Given.Count >= Needed;

    /// <summary>Nobody can give it: too few of the owners have a key, or the author is the only one.</summary>
    public bool IsImpossible => Given.Count + Open.Count < Needed;

    /// <summary>Such as <c>src/a.cs and 2 more files: accepted by @alice</c>.</summary>
    public string Words
    {
        get
        {
            var files = Path + (Paths > 1 ? $" and {Paths - 1} more file{(Paths > 2 ? "s" : "")}" : "");
            var where = Section is null ? files : $"{files} (section {Section})";
            var given = Given.Count == 0 ? "" : $", accepted by {Names([.. Given.Select(static a => a.Name)], "and")}";
            if (IsGiven) return where + given;
            var missing = Needed - Given.Count;
            var need = Paths > 1 ? "need" : "needs";
            return IsImpossible
                ? $"{where} {need} {Amount(missing)} of {Names(Owners, "or")}{given}, and nobody else can give it: the author's own "
                    + $"does not count, and the others need a 'did' in {PeopleFile.Path}"
                : $"{where} {need} {Amount(missing)} of {Names([.. Open.Select(static a => a.Name)], "or")}{given}";
        }
    }

    private static string Amount(int count) => count == 1 ? "an accept" : $"{count} accepts";

    private static string Names(IReadOnlyList<string> names, string word) => names.Count > MostNames
        ? $"{string.Join(", ", names.Take(MostNames))} {word} {names.Count - MostNames} more"
        : string.Join($" {word} ", names);
}
