using Auxo.Instances;

namespace Auxo.Hosting.Tests;

public sealed class InstanceFolderTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-folder-").FullName;

    [Theory]
    [InlineData("pg/data/PG_VERSION")]
    [InlineData("run/lock")]
    public void a_folder_of_a_build_before_the_first_release_is_refused_in_one_line_and_stays_as_it_is(string left)
    {
        var file = Path.Combine(_home, left);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "15");

        var refusal = Assert.Throws<HostingException>(() => InstanceFolder.Open(new InstanceLayout(_home))).Message;

        Assert.StartsWith($"{_home} was made by an earlier build of Auxo", refusal, StringComparison.Ordinal);
        Assert.Contains("AUXO_HOME", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
        Assert.Equal([file], Directory.EnumerateFiles(_home, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void a_folder_of_another_layout_is_refused()
    {
        File.WriteAllText(Path.Combine(_home, "layout"), "9\n");
        var refused = Assert.Throws<HostingException>(() => InstanceFolder.Open(new InstanceLayout(_home)));
        Assert.Contains("another build", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void an_empty_folder_and_the_own_one_are_taken()
    {
        InstanceFolder.Open(new InstanceLayout(_home)).Dispose();
        Directory.CreateDirectory(Path.Combine(_home, "pg"));
        InstanceFolder.Open(new InstanceLayout(_home)).Dispose();
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);
}
