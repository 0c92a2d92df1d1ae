using System.Text;
using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Checks.Files;

/// <summary>The shells that the checks understand.</summary>
public enum Dialect
{
    /// <summary>bash.</summary>
    Bash,

    /// <summary>bash with <c>@test "…" {</c> in it.</summary>
    Bats,

    /// <summary>Whatever the machine calls <c>sh</c>.</summary>
    Sh,

    /// <summary>dash or ash.</summary>
    Dash,

    /// <summary>The Korn shell.</summary>
    Ksh,
}

/// <summary>For which shell a script is written.</summary>
/// <param name="Dialect">Null when it is for a program that no check understands.</param>
/// <param name="Program">The program's name, such as <c>zsh</c>.</param>
public sealed record ScriptLanguage(Dialect? Dialect, string Program)
{
    /// <summary>True when only the extension <c>.sh</c> says it, which scripts of every shell have.</summary>
    public bool IsGuess { get; init; }

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int MostHeaderLines = 20;
    private static readonly Regex Directive = new("^#[ \t]*shellcheck[ \t].*shell=(?<s>[a-z0-9]+)", Linear);

    /// <summary>They are filled in before they run; what stands in them now is no script.</summary>
    private static readonly string[] Templates = [".in", ".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".template", ".erb", ".m4"];

    /// <summary>
    /// What a file says of itself counts: shellcheck's directive, then its first line; the extension only where there is
    /// neither.
    /// </summary>
    /// <returns>Null when it is no script at all.</returns>
    public static ScriptLanguage? Of(string path, ReadOnlySpan<byte> content)
    {
        var extension = Extension(path);
        if (Array.IndexOf(Templates, extension) >= 0) return null;
        if (content.StartsWith("\uFEFF"u8)) content = content[3..];
        var first = Line(content);
        var said = content.StartsWith("#"u8) ? SaidByDirective(content) : null;
        if ((said ?? Interpreter(first)) is { } program) return new ScriptLanguage(Known(program), program);
        if (first.StartsWith("#compdef", StringComparison.Ordinal) || first.StartsWith("#autoload", StringComparison.Ordinal))
            return new ScriptLanguage(null, "zsh");
        if (extension == ".sh" && content.IndexOf("<%="u8) >= 0) return new ScriptLanguage(null, "a template");
        return ByExtension(extension) is { } known ? new ScriptLanguage(known, extension[1..]) { IsGuess = extension == ".sh" } : null;
    }

    /// <summary>True when the extension alone says that it is a shell script.</summary>
    public static bool IsNamedSo(string path) => ByExtension(Extension(path)) is not null;

    /// <summary>The lower-case extension with its dot; empty when there is none.</summary>
    public static string Extension(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        var dot = name.LastIndexOf('.');
        return dot <= 0 ? "" : name[dot..].ToString().ToLowerInvariant();
    }

    /// <summary>The program that a first line names, without its folder; null when it is no <c>#!</c>.</summary>
    public static string? Interpreter(string line)
    {
        if (!line.StartsWith("#!", StringComparison.Ordinal)) return null;
        var words = line[2..].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        var behindEnv = false;
        for (var i = 0; i < words.Length; i++)
        {
            // env: -S splits what follows, -u takes a name away, and variables may be set.
            var word = behindEnv && words[i].StartsWith("-S", StringComparison.Ordinal) ? words[i][2..] : words[i];
            if (behindEnv && word is "-u" or "-C") i++;
            if (word.Length == 0 || behindEnv && (word[0] == '-' || word.Contains('=', StringComparison.Ordinal))) continue;
            var name = word[(word.LastIndexOf('/') + 1)..];
            if (name != "env") return name;
            behindEnv = true;
        }

        return "";
    }

    /// <summary>The shell of that name, as bash and shellcheck know it.</summary>
    public static Dialect? Known(string program)
        => program switch
        {
            "bash" => Files.Dialect.Bash,
            "bats" => Files.Dialect.Bats,
            "sh" => Files.Dialect.Sh,
            "dash" or "ash" => Files.Dialect.Dash,
            "ksh" or "ksh88" or "ksh93" => Files.Dialect.Ksh,
            _ => null,
        };

    /// <summary>The first line, or its first 200 bytes.</summary>
    public static string Line(ReadOnlySpan<byte> content)
    {
        var end = content[..Math.Min(content.Length, 200)].IndexOf((byte)'\n');
        return Encoding.Latin1.GetString(content[..(end < 0 ? Math.Min(content.Length, 200) : end)]);
    }

    private static Dialect? ByExtension(string extension)
        => extension switch
        {
            ".sh" or ".bash" => Files.Dialect.Bash,
            ".bats" => Files.Dialect.Bats,
            ".dash" => Files.Dialect.Dash,
            ".ksh" => Files.Dialect.Ksh,
            _ => null,
        };

    /// <summary>The program that shellcheck's directive among the first comments names.</summary>
    private static string? SaidByDirective(ReadOnlySpan<byte> content)
    {
        for (var i = 0; i < MostHeaderLines && !content.IsEmpty; i++)
        {
            var line = Line(content).Trim();
            if (line.Length > 0 && line[0] != '#') return null;
            if (line.Contains("shell=", StringComparison.Ordinal) && Directive.Match(line) is { Success: true } match)
                return match.Groups["s"].Value;
            var end = content.IndexOf((byte)'\n');
            content = end < 0 ? [] : content[(end + 1)..];
        }

        return null;
    }
}
