using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Auxo.Architecture.Tests;

/// <summary>The repository as it lies on the disk.</summary>
internal static class Solution
{
    private static readonly string[] Elsewhere = ["artifacts", ".git", "bin", "obj"];

    /// <summary>The folder of Auxo.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary>All projects, by name.</summary>
    public static IReadOnlyDictionary<string, Project> Projects { get; } = Files("*.csproj")
        .Select(Project.Read).ToDictionary(static p => p.Name, StringComparer.Ordinal);

    /// <summary>Files of the repository, build output left out, as paths relative to the root.</summary>
    public static IEnumerable<string> Files(string pattern)
        => Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories).Select(static f => Path.GetRelativePath(Root, f))
            .Where(static f => !f.Split(Path.DirectorySeparatorChar).Intersect(Elsewhere, StringComparer.Ordinal).Any())
                .Order(StringComparer.Ordinal);

    /// <summary>A file's text.</summary>
    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    private static string Find([CallerFilePath] string file = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(file)!);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Auxo.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Auxo.sln was not found above the tests.");
    }
}

/// <summary>A project file.</summary>
internal sealed record Project(string Name, string File, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    public bool IsTest => File.StartsWith("tests/", StringComparison.Ordinal);

    public bool IsService => File.StartsWith("services/", StringComparison.Ordinal);

    public bool IsLibrary => File.StartsWith("libs/", StringComparison.Ordinal);

    public static Project Read(string file)
    {
        var xml = XDocument.Parse(Solution.Read(file));
        return new Project(
            Path.GetFileNameWithoutExtension(file), file,
            [.. xml.Descendants("ProjectReference").Where(static r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
                .Select(static r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!))],
            [.. xml.Descendants("PackageReference").Select(static r => (string)r.Attribute("Include")!)]);
    }
}
