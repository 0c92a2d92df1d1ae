using System.Collections.Frozen;

namespace Auxo.Pipeline.Reports.Measuring;

/// <summary>The language of a file, by the end of its name: a report does not say it.</summary>
internal static class Language
{
    /// <summary>Of a file with another end.</summary>
    public const string Other = "other";

    private static readonly FrozenDictionary<string, string> ByEnd = Table(
        ("C", ".c .h"), ("C++", ".cc .cpp .cxx .hh .hpp .hxx .ipp"), ("C#", ".cs .razor .cshtml"), ("Clojure", ".clj .cljc .cljs"),
        ("CoffeeScript", ".coffee"), ("D", ".d"), ("Dart", ".dart"), ("Elixir", ".ex .exs"), ("Erlang", ".erl .hrl"), ("F#", ".fs .fsx"),
        ("Fortran", ".f .f90 .f95"), ("Go", ".go"), ("Groovy", ".groovy .gradle"), ("Haskell", ".hs"), ("Java", ".java"),
        ("JavaScript", ".js .cjs .mjs .jsx"), ("Julia", ".jl"), ("Kotlin", ".kt .kts"), ("Lua", ".lua"), ("Nim", ".nim"),
        ("Objective-C", ".m .mm"), ("OCaml", ".ml .mli"), ("Perl", ".pl .pm"), ("PHP", ".php"), ("PowerShell", ".ps1 .psm1"),
        ("Python", ".py .pyx"), ("R", ".r"), ("Ruby", ".rb .rake"), ("Rust", ".rs"), ("Scala", ".scala"), ("Shell", ".sh .bash .zsh .ksh"),
        ("Solidity", ".sol"), ("SQL", ".sql"), ("Svelte", ".svelte"), ("Swift", ".swift"), ("TypeScript", ".ts .cts .mts .tsx"),
        ("Visual Basic", ".vb"), ("Vue", ".vue"), ("Zig", ".zig"));

    /// <summary>Its name, such as <c>C#</c>.</summary>
    public static string Of(string path) => ByEnd.GetValueOrDefault(Path.GetExtension(path), Other);

    private static FrozenDictionary<string, string> Table(params (string Name, string Ends)[] languages)
        => languages.SelectMany(static language => language.Ends.Split(' ').Select(end => (End: end, language.Name)))
            .ToFrozenDictionary(static pair => pair.End, static pair => pair.Name, StringComparer.OrdinalIgnoreCase);
}
