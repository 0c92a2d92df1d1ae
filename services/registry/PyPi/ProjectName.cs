using System.Text;
using System.Text.RegularExpressions;

namespace Auxo.Registry.PyPi;

/// <summary>
/// Names of Python projects. <c>Auxo.Demo</c>, <c>auxo_demo</c> and <c>auxo-demo</c> are one project; only the last, normal form is
/// stored and used in addresses.
/// </summary>
public static partial class ProjectName
{
    /// <summary>More is refused.</summary>
    public const int MaxLength = 128;

    /// <summary>What is wrong with a name, as a sentence that says what to do; null when nothing is.</summary>
    public static string? Refuse(string name)
        => name.Length > MaxLength ? $"The project's name has more than {MaxLength} characters."
            : Valid().IsMatch(name) ? null
            : "The project's name is made of ASCII letters, digits, '.', '_' and '-', and begins and ends with a letter or digit.";

    /// <summary>The normal form: small letters, and one '-' where '-', '_' and '.' stand.</summary>
    public static string Normalize(string name)
    {
        var normal = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (c is not ('-' or '_' or '.')) normal.Append(char.ToLowerInvariant(c));
            else if (normal.Length == 0 || normal[^1] != '-') normal.Append('-');
        }

        return normal.ToString();
    }

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Valid();
}
