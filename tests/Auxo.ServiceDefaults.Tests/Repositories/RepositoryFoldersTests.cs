using System.Text;

using Auxo.ServiceDefaults.Repositories;

using FsCheck;
using FsCheck.Fluent;

using Microsoft.Extensions.Configuration;

namespace Auxo.ServiceDefaults.Tests.Repositories;

public sealed class RepositoryFoldersTests
{
    private const string Rid = "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5";
    private static readonly RepositoryFolders Folders = new("/home/alice/.radicle/storage/");

    [Fact]
    public void a_repository_in_the_storage_is_found_where_the_storage_is_now()
    {
        var locator = Folders.LocatorOf("/home/alice/.radicle/storage/z3gqcJUoA1n9HaHKufZs5FCSGazv5");
        Assert.Equal(Rid, locator.Value);
        Assert.Equal("/mnt/storage/z3gqcJUoA1n9HaHKufZs5FCSGazv5", new RepositoryFolders("/mnt/storage").FolderOf(locator));
    }

    [Theory]
    [InlineData("/srv/git/thing.git", "file:///srv/git/thing.git")]
    [InlineData("/srv/my code/50%25 #1?/.git", "file:///srv/my%20code/50%2525%20%231%3F/.git")]
    [InlineData("/home/bob/.radicle/storage/z3gqcJUoA1n9HaHKufZs5FCSGazv5",
        "file:///home/bob/.radicle/storage/z3gqcJUoA1n9HaHKufZs5FCSGazv5")]
    [InlineData("/home/alice/.radicle/storage/notes", "file:///home/alice/.radicle/storage/notes")]
    public void every_other_folder_is_its_path(string folder, string locator)
    {
        Assert.Equal(locator, Folders.LocatorOf(folder).Value);
        Assert.Equal(folder, Folders.FolderOf(Contracts.RepositoryLocator.Parse(locator)));
    }

    [Fact]
    public void a_path_of_an_earlier_build_is_found_where_it_was()
        => Assert.Equal("/home/seed/.radicle/storage/z3gqcJUoA1n9HaHKufZs5FCSGazv5", Folders.FolderOf(
            Contracts.RepositoryLocator.Parse("/home/seed/.radicle/storage/z3gqcJUoA1n9HaHKufZs5FCSGazv5")));

    [Fact]
    public void every_path_comes_back_as_it_was()
        => Prop.ForAll<UnicodeString>(static text =>
        {
            // Half a character stands in no name of a file.
            var path = "/" + Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get ?? "")).Replace("\0", "", StringComparison.Ordinal);
            var carried = Contracts.RepositoryLocator.Parse(Folders.LocatorOf(path).Value);
            Assert.Equal(path, Folders.FolderOf(carried));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("/given", "/other", "/home/alice", "/given/z3gqcJUoA1n9HaHKufZs5FCSGazv5")]
    [InlineData("", "/other", "/home/alice", "/other/storage/z3gqcJUoA1n9HaHKufZs5FCSGazv5")]
    [InlineData("", "", "/home/alice", "/home/alice/.radicle/storage/z3gqcJUoA1n9HaHKufZs5FCSGazv5")]
    public void the_storage_is_the_one_that_the_apphost_names_else_the_one_that_rad_would_use(
        string given, string radHome, string home, string folder)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [RepositoryFolders.Setting] = given, ["RAD_HOME"] = radHome, ["HOME"] = home,
        }).Build();
        Assert.Equal(folder, RepositoryFolders.From(configuration).FolderOf(Contracts.RepositoryLocator.Parse(Rid)));
    }
}
