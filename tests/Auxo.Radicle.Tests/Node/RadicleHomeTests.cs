using System.Diagnostics;

namespace Auxo.Radicle.Tests;

public sealed class RadicleHomeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("home-").FullName;

    [Fact]
    public void it_is_found_where_rad_finds_it()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".radicle", "storage"));
        Directory.CreateDirectory(Path.Combine(_folder, "other", "storage"));

        var home = Found(("HOME", _folder));
        Assert.Equal((Path.Combine(_folder, ".radicle"), Path.Combine(_folder, ".radicle", "node", "control.sock")),
            (home.Path, home.Socket));
        Assert.Equal(Path.Combine(_folder, "other"), Found(("HOME", _folder), ("RAD_HOME", Path.Combine(_folder, "other"))).Path);
        Assert.Equal("/run/s", Found(("HOME", _folder), ("RAD_SOCKET", "/run/s")).Socket);
    }

    [Fact]
    public void where_there_is_none_it_says_what_to_do()
    {
        var absent = Assert.IsType<RadicleHomeSearch.Absent>(RadicleHome.Find(name => name == "HOME" ? _folder : null));
        Assert.Contains("rad auth", absent.Reason, StringComparison.Ordinal);
        Assert.IsType<RadicleHomeSearch.Absent>(RadicleHome.Find(_ => null));
    }

    [Fact]
    public async Task a_profile_of_another_user_is_refused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a folder away.");
        Directory.CreateDirectory(Path.Combine(_folder, "storage"));
        Assert.IsType<RadicleHomeSearch.Found>(await FindOwnAsync());
        using var chown = Process.Start("chown", ["65534", _folder]);
        await chown.WaitForExitAsync();

        var refused = Assert.IsType<RadicleHomeSearch.Refused>(await FindOwnAsync());
        Assert.Contains("belongs to user 65534", refused.Reason, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<RadicleHomeSearch> FindOwnAsync()
        => RadicleHome.FindOwnAsync(name => name == "RAD_HOME" ? _folder : null, CancellationToken.None);

    private static RadicleHome Found(params (string Name, string Value)[] environment)
        => Assert.IsType<RadicleHomeSearch.Found>(RadicleHome.Find(name => environment.FirstOrDefault(e => e.Name == name).Value)).Home;
}
