using Auxo.Pipeline.Reports.Files;

namespace Auxo.Pipeline.Tests.Reports;

/// <summary>Reports name files from wherever their tool stood.</summary>
public sealed class RepositoryPathsTests
{
    private static readonly RepositoryPaths Paths = new(
        ["golib.go", "Books.cs", "src/shelf.js", "src/Shelf/Books.cs", "src/Shelf/Unused.cs", "src/Store/Unused.cs", "web/src/shelf.js",
            "app/src/main/java/org/example/Price.java", "a/__init__.py", "b/__init__.py", "src/sub dir/other file.c", "lib/calc.h"]);

    [Theory]
    [InlineData("src/shelf.js", "src/shelf.js")]
    [InlineData("./src/shelf.js", "src/shelf.js")]
    [InlineData("/workspace/src/shelf.js", "src/shelf.js")]
    [InlineData("/builds/x/web/src/shelf.js", "web/src/shelf.js")]
    [InlineData("file:///builds/x/src/sub%20dir/other%20file.c", "src/sub dir/other file.c")]
    [InlineData(@"C:\builds\src\Shelf\Books.cs", "src/Shelf/Books.cs")]
    [InlineData("example.test/golib/golib.go", "golib.go")]
    [InlineData("org/example/Price.java", "app/src/main/java/org/example/Price.java")]
    [InlineData("Books.cs", "Books.cs")]
    [InlineData("calc.h", "lib/calc.h")]
    [InlineData("/usr/lib/python3/json/__init__.py", null)]
    [InlineData("nowhere.js", null)]
    public void the_longest_common_end_says_which_file_is_meant(string written, string? path)
        => Assert.Equal((path, false), Paths.Find(written, "/workspace", []));

    /// <summary>Neither the report's nor the repository's path needs to be one that anybody would make.</summary>
    [Fact]
    public void paths_of_very_many_folders_are_looked_for_without_trying_each()
    {
        var deep = string.Concat(Enumerable.Repeat("d/", 2000));
        var paths = new RepositoryPaths([.. Enumerable.Range(0, 2000).Select(i => $"{deep}{i}/a.c"), "src/b.c"]);
        Assert.Equal((null, true), paths.Find("a.c", "/workspace", []));
        Assert.Equal(($"{deep}7/a.c", false), paths.Find("7/a.c", "/workspace", []));
        for (var i = 0; i < 2000; i++) Assert.Equal(("src/b.c", false), paths.Find($"{deep}{i}/src/b.c", "/workspace", []));
    }

    [Fact]
    public void several_that_may_be_meant_are_none() => Assert.Equal((null, true), Paths.Find("Unused.cs", "/workspace", []));

    [Theory]
    [InlineData("/builds/dn/src/Shelf/", "Unused.cs", "src/Shelf/Unused.cs")]
    [InlineData("/builds/dn/src/Shelf/", "Books.cs", "src/Shelf/Books.cs")]
    [InlineData("/", "builds/dn/src/Store/Unused.cs", "src/Store/Unused.cs")]
    [InlineData(".", "src/shelf.js", "src/shelf.js")]
    public void the_folder_that_a_report_names_comes_before_its_path(string source, string written, string path)
        => Assert.Equal((path, false), Paths.Find(written, "/workspace", [source]));
}
