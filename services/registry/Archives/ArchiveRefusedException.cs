namespace Auxo.Registry.Archives;

/// <summary>400: an uploaded archive cannot be read, or is made to do harm to who unpacks it.</summary>
/// <param name="detail">What is wrong with it and what to do, as a sentence.</param>
/// <param name="inner">What the reader stumbled over.</param>
public sealed class ArchiveRefusedException(string detail, Exception? inner = null)
    : AuxoException("package/archive-refused", StatusCodes.Status400BadRequest, detail, inner);
