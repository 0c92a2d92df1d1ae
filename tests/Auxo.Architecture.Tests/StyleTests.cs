using System.Reflection;
using System.Text.RegularExpressions;

namespace Auxo.Architecture.Tests;

/// <summary>The parts of the style guide that a compiler does not check.</summary>
public sealed partial class StyleTests
{
    private static readonly string[] Empty = ["Manager", "Helper", "Helpers", "Util", "Utils", "Dto", "Impl", "Common"];

    [Fact]
    public void types_have_names_of_the_domain()
        => Assert.Empty(
            Solution.Projects.Values.Where(static p => p.IsService || p.IsLibrary).SelectMany(static p => Load(p)?.GetTypes() ?? [])
                .Where(static t => !t.Name.Contains('<', StringComparison.Ordinal)
                    && Array.Exists(Empty, e => t.Name.EndsWith(e, StringComparison.Ordinal))).Select(static t => t.FullName));

    [Fact]
    public void a_services_program_is_a_page()
        => Assert.All(Solution.Files("Program.cs").Where(static f => f.StartsWith("services/", StringComparison.Ordinal)), static f
            => Assert.InRange(Lines(f), 1, 30));

    /// <summary>Beyond 300 lines a review asks why; beyond 400 there is no answer.</summary>
    [Fact]
    public void no_file_is_longer_than_anybody_wants_to_read()
        => Assert.Empty(Solution.Files("*.cs").Where(static f => !f.StartsWith("tests/", StringComparison.Ordinal) && Lines(f) > 400)
            .Select(static f => $"{f}: {Lines(f)} lines"));

    /// <summary>As wide as two files side by side on a screen allow; .editorconfig says the same to editors.</summary>
    [Fact]
    public void no_line_is_wider_than_140_columns()
        => Assert.Empty(Solution.Files("*.cs").SelectMany(static f => Solution.Read(f).Split('\n')
            .Index().Where(static l => l.Item.Length > 140).Select(l => $"{f}:{l.Index + 1}")));

    /// <summary>A <c>$</c> takes a line break at the end, too: a name with one would pass. <c>\z</c> takes none.</summary>
    [Fact]
    public void a_pattern_ends_with_the_text()
        => Assert.Empty(
            from file in Solution.Files("*.cs")
            where !file.StartsWith("tests/", StringComparison.Ordinal)
            from Match match in PatternWithDollar().Matches(Solution.Read(file))
            select $"{file}: {match.Value}");

    /// <summary>What becomes more is sorted by what is done: uploading, publishing, planning.</summary>
    [Fact]
    public void a_folder_has_no_more_files_than_a_newcomer_reads()
        => Assert.Empty(Solution.Files("*.cs").Where(static f => !f.StartsWith("tests/", StringComparison.Ordinal))
            .CountBy(static f => Path.GetDirectoryName(f)!).Where(static folder => folder.Value > 12)
            .Select(static folder => $"{folder.Key}: {folder.Value} files"));

    [Fact]
    public void a_services_namespaces_are_its_folders()
        => Assert.Empty(
            from project in Solution.Projects.Values.Where(static p => p.IsService)
            let home = Path.GetDirectoryName(project.File)!
            from file in Solution.Files("*.cs").Where(f => f.StartsWith(home + "/", StringComparison.Ordinal))
            let name = (project.Name + Path.GetDirectoryName(file)![home.Length..]).Replace('/', '.')
            from line in Solution.Read(file).Split('\n')
            where line.StartsWith("namespace ", StringComparison.Ordinal) && line != $"namespace {name};"
            select $"{file} is not in {name}");

    [Fact]
    public void a_service_has_no_interface_with_a_single_implementation()
    {
        var types = Solution.Projects.Values.Where(static p => p.IsService)
            .SelectMany(static p => Assembly.Load(p.Name).GetTypes()).ToList();
        Assert.Empty(types.Where(i => i.IsInterface && types.Count(t
            => t is { IsInterface: false, IsAbstract: false } && i.IsAssignableFrom(t)) == 1).Select(static i => i.FullName));
    }

    [Fact]
    public void decisions_have_numbers_of_their_own()
    {
        var numbers = Solution.Files("*.md")
            .Where(static f => f.StartsWith("docs/decisions/", StringComparison.Ordinal) && char.IsAsciiDigit(Path.GetFileName(f)[0]))
            .Select(static f => Path.GetFileName(f)[..3]).ToList();
        Assert.Equal(numbers.Distinct(StringComparer.Ordinal), numbers);
    }

    [GeneratedRegex(
        """(GeneratedRegex|new Regex|Regex\.\w+)\(\s*[^\n]*\$",(?![^;\]]*Multiline)""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PatternWithDollar();

    private static int Lines(string file) => Solution.Read(file).Count(static c => c == '\n');

    private static Assembly? Load(Project project)
    {
        try
        {
            return Assembly.Load(project.Name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
