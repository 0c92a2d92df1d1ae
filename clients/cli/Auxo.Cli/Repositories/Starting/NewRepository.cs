using System.Text;
using System.Text.RegularExpressions;

namespace Auxo.Cli.Repositories.Starting;

/// <summary>What a new repository is called and about; the names that its files need follow from that.</summary>
/// <param name="Name">As Radicle takes it, and a folder too.</param>
/// <param name="Description">One line.</param>
/// <param name="Type">Which files it begins with.</param>
/// <param name="Owner">Who is asked about changes: an e-mail address.</param>
/// <param name="Year">Of the licence.</param>
internal sealed partial record NewRepository(string Name, string Description, string Type, string Owner, int Year)
{
    /// <summary>Radicle's own limit of a description.</summary>
    private const int MaxDescription = 255;

    /// <summary>The kinds of files there are.</summary>
    public static readonly IReadOnlyList<string> Types = ["shell", "node", "python", "dotnet", "rust", "go"];

    /// <summary>By these files the type of a repository is known that is there already.</summary>
    private static readonly (string Pattern, string Type)[] Signs =
    [
        ("package.json", "node"), ("pyproject.toml", "python"), ("setup.py", "python"), ("requirements.txt", "python"), ("Cargo.toml", "rust"),
        ("go.mod", "go"), ("*.sln", "dotnet"), ("*.slnx", "dotnet"), ("*.csproj", "dotnet"),
    ];

    /// <summary>Why a name cannot be one; null when it can.</summary>
    public static string? Refuse(string name)
        => Form().IsMatch(name) && !name.EndsWith(".git", StringComparison.OrdinalIgnoreCase)
            ? null
            : "A name has up to 64 characters: letters from a to z and A to Z, digits, '-', '_' and '.'; "
                + "it begins and ends with a letter or digit, and not with '.git'. Radicle, or a language, takes no others.";

    /// <summary>Why a description cannot be one; null when it can.</summary>
    public static string? RefuseDescription(string description)
        => description.Any(char.IsControl) ? "A description is one line without control characters."
            : Encoding.UTF8.GetByteCount(description) > MaxDescription ? $"A description has up to {MaxDescription} bytes."
            : null;

    /// <summary>The type of what lies in a folder; <c>shell</c> where nothing says another.</summary>
    public static string TypeOf(string folder)
        => Signs.FirstOrDefault(sign => Directory.EnumerateFiles(folder, sign.Pattern).Any()).Type ?? "shell";

    /// <summary>The words that stand for something in templates.</summary>
    public IReadOnlyDictionary<string, string> Values => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["name"] = Name, ["description"] = Description, ["owner"] = Owner, ["year"] = $"{Year}", ["slug"] = Name.ToLowerInvariant(),
        ["module"] = Module, ["pascal"] = Pascal, ["code"] = Type == "go" ? "`main.go`, `internal/`" : "`src/`",
    };

    private string Module
    {
        get
        {
            var word = string.Concat(Name.ToLowerInvariant().Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_')).Trim('_');
            return char.IsAsciiDigit(word[0]) || Reserved.Contains(word) ? $"lib_{word}" : word;
        }
    }

    private string Pascal
    {
        get
        {
            var words = Name.Split('-', '_', '.').Where(static word => word.Length > 0).Select(static word => char.ToUpperInvariant(word[0]) + word[1..]);
            var joined = string.Concat(words);
            return char.IsAsciiDigit(joined[0]) ? $"App{joined}" : joined;
        }
    }

    /// <summary>Names of a language or of its library that a package of one's own must not have.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "and", "as", "async", "await", "break", "class", "const", "continue", "crate", "def", "del", "elif", "else", "enum", "except", "extern",
        "false", "finally", "fn", "for", "from", "global", "if", "impl", "import", "in", "is", "lambda", "let", "loop", "match", "mod", "move",
        "mut", "none", "not", "or", "pass", "pub", "raise", "ref", "return", "self", "static", "struct", "super", "test", "tests", "trait",
        "true", "try", "type", "unittest", "unsafe", "use", "where", "while", "with", "yield", "core", "std", "alloc",
    };

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?\\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
