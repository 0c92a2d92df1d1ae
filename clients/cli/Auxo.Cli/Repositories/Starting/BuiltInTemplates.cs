using System.Reflection;

namespace Auxo.Cli.Repositories.Starting;

/// <summary>The files that Auxo brings: those of every repository, and those of a type.</summary>
internal static class BuiltInTemplates
{
    private const string Prefix = "templates/";
    private const string Suffix = ".tmpl";

    /// <summary>What a repository that is there already may lack; it has code and tests of its own.</summary>
    private static readonly string[] Papers =
        [".auxo/ci.yaml", "README.md", "docs/README.md", "docs/radicle.md", "scripts/test.sh", ".gitignore", "CODEOWNERS", "LICENSE"];

    /// <summary>All of them, filled in.</summary>
    public static IReadOnlyList<TemplateFile> Of(NewRepository repository)
        => [.. Read("common").Concat(Read(repository.Type)).Select(file => file.Filled(repository.Values))];

    /// <summary>Only those that every repository should have, without an example of code.</summary>
    public static IReadOnlyList<TemplateFile> PapersOf(NewRepository repository)
        => [.. Of(repository).Where(static file => Papers.Contains(file.Path, StringComparer.Ordinal))];

    private static IEnumerable<TemplateFile> Read(string folder)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"{Prefix}{folder}/";
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            yield return new TemplateFile(name[prefix.Length..^Suffix.Length], content, content.AsSpan().StartsWith("#!"u8));
        }
    }
}
