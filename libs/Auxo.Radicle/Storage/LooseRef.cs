using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>Reads a ref from its file, where Radicle's programs put it: tens of microseconds, and no process.</summary>
internal static class LooseRef
{
    /// <summary>What the ref points at; null when it is packed, symbolic or not there, which git then tells apart.</summary>
    public static CommitId? Read(string repository, string name)
    {
        if (name.Contains("..", StringComparison.Ordinal)) return null;
        try
        {
            var path = Path.Combine(repository, name);
            return File.Exists(path) && CommitId.TryParse(File.ReadAllText(path).TrimEnd(), provider: null, out var id) ? id : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was replaced or packed at this moment.
            return null;
        }
    }
}
