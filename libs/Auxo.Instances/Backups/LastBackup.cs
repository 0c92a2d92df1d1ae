using System.Globalization;

namespace Auxo.Instances.Backups;

/// <summary>
/// When the last whole backup of an instance was made: one line in the instance's folder, written by who made the backup when all of it
/// was in its place. So it is known to a service that did not run then.
/// </summary>
public static class LastBackup
{
    private const string Form = "O";

    /// <summary>No time is longer; what is, is none.</summary>
    private const int MostBytes = 64;

    /// <summary>Notes a backup, in place of the one before, whatever their order by the clock.</summary>
    /// <param name="layout">The instance.</param>
    /// <param name="madeAt">Of which moment it is: what came later is not in it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(InstanceLayout layout, DateTimeOffset madeAt)
        => PrivateFiles.Write(layout.LastBackup, madeAt.ToUniversalTime().ToString(Form, CultureInfo.InvariantCulture) + "\n");

    /// <summary>The moment; null when none was ever made of this instance, or it cannot be read.</summary>
    public static DateTimeOffset? Read(InstanceLayout layout)
    {
        try
        {
            return new FileInfo(layout.LastBackup) is { Exists: true, Length: <= MostBytes }
                && DateTimeOffset.TryParseExact(
                    File.ReadAllText(layout.LastBackup).Trim(), Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
                ? at : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
