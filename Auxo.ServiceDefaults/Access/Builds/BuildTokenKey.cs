using System.Text;

using Auxo.Instances;

namespace Auxo.ServiceDefaults.Access.Builds;

/// <summary>The key that tokens of builds are signed with: a file of the instance, mode 0600, that the AppHost makes.</summary>
/// <param name="path">The file.</param>
public sealed class BuildTokenKey(string path)
{
    private byte[]? _key;

    /// <summary>Of an instance.</summary>
    public static BuildTokenKey Of(InstanceLayout layout) => new(layout.BuildTokenKey);

    /// <summary>The key, read once; null where nobody has made it: then no build has a token, and none is believed.</summary>
    public byte[]? Read()
    {
        if (_key is not null) return _key;
        try
        {
            return File.ReadAllText(path).Trim() is { Length: >= 32 } text ? _key = Encoding.UTF8.GetBytes(text) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
