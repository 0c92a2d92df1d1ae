using System.Text;

namespace Auxo.Registry.Ldap;

/// <summary>Puts a name into a distinguished name (RFC 4514), so that it stays one value.</summary>
internal static class DistinguishedName
{
    /// <summary>With a backslash before every sign that means something there.</summary>
    public static string Escape(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c == '\0') text.Append("\\00");
            else if (c is '"' or '+' or ',' or ';' or '<' or '>' or '\\' or '='
                || c == '#' && i == 0 || c == ' ' && (i == 0 || i == value.Length - 1)) text.Append('\\').Append(c);
            else text.Append(c);
        }

        return text.ToString();
    }
}
