using System.Text;

namespace Auxo.Owners.Tests;

internal static class Texts
{
    /// <summary>A file at the root, of that syntax, or of what it says itself.</summary>
    public static OwnersFile Owners(string text, OwnersSyntax? syntax = null, string path = "CODEOWNERS")
        => OwnersFile.Read(path, Encoding.UTF8.GetBytes(text), syntax);

    public static PeopleFile People(string text) => PeopleFile.Read(Encoding.UTF8.GetBytes(text));

    /// <summary>The owners of a path in one line; a dash for none.</summary>
    public static string Of(this OwnersFile file, string path, string none)
        => file.OwnersOf(path) is { Count: > 0 } owners ? string.Join(' ', owners) : none;
}
