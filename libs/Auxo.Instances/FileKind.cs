namespace Auxo.Instances;

/// <summary>What a path names.</summary>
public enum FileKind
{
    /// <summary>Nothing; also a link that leads nowhere, and what may not be looked at.</summary>
    None,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A named pipe.</summary>
    Pipe,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A device.</summary>
    Device,
}
