namespace Auxo.Torture.Kills;

/// <summary>
/// The folder that <c>AUXO_CRASH_AT</c> names: a file arms a point of one service, and is renamed by the process that dies
/// there.
/// </summary>
internal sealed class CrashTokens : IDisposable
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("auxo-crash-").FullName;

    /// <summary>Arms a point.</summary>
    public void Arm(string service, string point)
    {
        Directory.CreateDirectory(Path.Combine(Folder, service));
        File.Delete(Died(service, point));
        File.WriteAllText(Path.Combine(Folder, service, point), "");
    }

    /// <summary>True when the service came by and is dying, or dead.</summary>
    public bool HasFired(string service, string point) => File.Exists(Died(service, point));

    /// <summary>Takes the token back; false when the service was faster.</summary>
    public bool Disarm(string service, string point)
    {
        File.Delete(Path.Combine(Folder, service, point));
        return !HasFired(service, point);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Died(string service, string point) => Path.Combine(Folder, service, point + ".died");
}
