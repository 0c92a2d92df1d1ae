namespace Auxo.Radicle;

/// <summary>
/// Bytes of a repository are not what Radicle's format says. It concerns one object; whoever reads several reports it and goes
/// on.
/// </summary>
public sealed class CobFormatException(string message, Exception? cause = null) : Exception(message, cause);
