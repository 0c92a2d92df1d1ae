using Auxo.Instances;
using Auxo.Instances.Backups;

namespace Auxo.Hosting.Tests;

/// <summary>The note that a backup leaves.</summary>
public sealed class LastBackupTests : IDisposable
{
    private readonly InstanceLayout _layout = new(Directory.CreateTempSubdirectory("auxo-backup-").FullName);

    public void Dispose() => Directory.Delete(_layout.Home, recursive: true);

    [Fact]
    public void it_is_read_as_it_was_written_and_by_nobody_else()
    {
        Assert.Null(LastBackup.Read(_layout));
        var moment = new DateTimeOffset(2026, 3, 29, 2, 30, 0, 7, TimeSpan.FromHours(2));
        LastBackup.Write(_layout, moment);
        Assert.Equal(moment, LastBackup.Read(_layout));
        Assert.Equal(PrivateFiles.FileMode, File.GetUnixFileMode(_layout.LastBackup));
        // A clock that was ahead is put right by the next one.
        LastBackup.Write(_layout, moment.AddYears(-7));
        Assert.Equal(moment.AddYears(-7), LastBackup.Read(_layout));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("\0\0\0")]
    [InlineData("29.03.2026")]
    public void what_is_no_time_is_not_known(string text)
    {
        File.WriteAllText(_layout.LastBackup, text);
        Assert.Null(LastBackup.Read(_layout));
        File.WriteAllText(_layout.LastBackup, new string('1', 1 << 20));
        Assert.Null(LastBackup.Read(_layout));
        File.Delete(_layout.LastBackup);
        Directory.CreateDirectory(_layout.LastBackup);
        Assert.Null(LastBackup.Read(_layout));
    }
}
