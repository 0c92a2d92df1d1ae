using System.Text;

namespace Auxo.ServiceDefaults.Access;

/// <summary>Reads what follows <c>Authorization: Basic</c>.</summary>
public static class BasicPassword
{
    /// <summary>The user and the password; null when it is no such text.</summary>
    public static (string User, string Password)? Read(string parameter)
    {
        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var length)) return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (text[..colon], text[(colon + 1)..]) : null;
    }
}
