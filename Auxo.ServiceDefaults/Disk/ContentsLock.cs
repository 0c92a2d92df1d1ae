namespace Auxo.ServiceDefaults.Disk;

/// <summary>
/// The advisory lock of everything that lies in the instance's folder: whoever removes contents holds it alone, a backup shares it, and then nothing is removed.
/// </summary>
public static class ContentsLock
{
    /// <summary>The bytes of "blobs".</summary>
    public const long Number = 0x62_6c_6f_62_73;
}
