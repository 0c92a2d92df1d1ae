using Auxo.Instances;

namespace Auxo.Hosting.Tests;

public sealed class InstanceLayoutTests : IDisposable
{
    private const UnixFileMode OpenFolder = (UnixFileMode)0b111_101_101;
    private const UnixFileMode OpenFile = (UnixFileMode)0b110_100_100;
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-layout-").FullName;
    private readonly InstanceLayout _layout;

    public InstanceLayoutTests() => _layout = new InstanceLayout(Path.Combine(_folder, "home"));

    [Fact]
    public void what_is_made_can_be_read_by_its_owner_only()
    {
        _layout.Make();
        Assert.Empty(_layout.ReadableByOthers());
        // What a service or a program that it starts writes there with any mode is behind a closed folder.
        foreach (var folder in Directory.GetDirectories(_layout.Home, "*", SearchOption.AllDirectories))
        {
            if (folder == _layout.Run) continue;
            Directory.CreateDirectory(Path.Combine(folder, "below"), OpenFolder);
            File.WriteAllText(Path.Combine(folder, "below", "file"), "x");
            File.SetUnixFileMode(Path.Combine(folder, "below", "file"), OpenFile);
        }

        Assert.Empty(_layout.ReadableByOthers());
    }

    [Fact]
    public void what_an_earlier_build_left_open_is_closed()
    {
        _layout.Make();
        foreach (var folder in (string[])[_layout.Home, _layout.Run, _layout.Logs, _layout.Blobs]) File.SetUnixFileMode(folder, OpenFolder);
        foreach (var file in (string[])[_layout.LayoutFile, _layout.RunnerFile])
        {
            File.WriteAllText(file, File.Exists(file) ? File.ReadAllText(file) : "x");
            File.SetUnixFileMode(file, OpenFile);
        }

        Assert.Equal(6, _layout.ReadableByOthers().Count());
        _layout.Make();
        Assert.Empty(_layout.ReadableByOthers());
    }

    [Fact]
    public void a_folder_of_the_operator_with_other_things_in_it_keeps_its_mode_and_is_named()
    {
        Directory.CreateDirectory(_layout.Home, OpenFolder);
        File.WriteAllText(Path.Combine(_layout.Home, "notes"), "mine");
        File.SetUnixFileMode(Path.Combine(_layout.Home, "notes"), OpenFile);
        _layout.Make();
        Assert.Equal([_layout.Home + "/", Path.Combine(_layout.Home, "notes")], _layout.ReadableByOthers());
    }

    [Fact]
    public void a_file_behind_a_closed_folder_or_a_link_counts_as_closed()
    {
        _layout.Make();
        File.SetUnixFileMode(_layout.Home, (UnixFileMode)0b111_001_001);
        File.CreateSymbolicLink(Path.Combine(_layout.Home, "link"), "/etc/passwd");
        File.WriteAllText(Path.Combine(_layout.Logs, "x"), "x");
        File.SetUnixFileMode(Path.Combine(_layout.Logs, "x"), OpenFile);
        Assert.Empty(_layout.ReadableByOthers());
        File.SetUnixFileMode(_layout.Logs, (UnixFileMode)0b111_001_001);
        Assert.Equal([Path.Combine(_layout.Logs, "x")], _layout.ReadableByOthers());
    }

    [Fact]
    public void a_file_that_a_run_writes_is_closed_from_its_first_byte()
    {
        using var folder = InstanceFolder.Open(_layout);
        folder.Remember("service", 1);
        InstanceFile.Write(folder, StartSettings.Of(new Dictionary<string, string>()), new Dictionary<string, string>());
        _ = PrivateFiles.Secret(_layout.AdminToken);
        foreach (var file in Directory.EnumerateFiles(_layout.Home, "*", SearchOption.AllDirectories))
            Assert.Equal((file, PrivateFiles.FileMode), (file, File.GetUnixFileMode(file)));
        File.Delete(_layout.PidFile("service"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
