using System.Security.Cryptography.X509Certificates;

namespace Auxo.Registry.Identities;

/// <summary>Files that settings name.</summary>
internal static class SettingFiles
{
    /// <exception cref="FormatException">It cannot be read; the message names the variable and the file.</exception>
    public static string Text(string file, string variable)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{variable}: '{file}' cannot be read: {e.Message}", e);
        }
    }

    /// <exception cref="FormatException">It cannot be read, or has no certificate; the message names the variable and the file.</exception>
    public static X509Certificate2Collection Certificates(string file, string variable)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(Text(file, variable));
        return all.Count > 0 ? all : throw new FormatException($"{variable}: '{file}' has no certificate in PEM.");
    }

    /// <summary>Trusts these certificates and no others.</summary>
    public static X509ChainPolicy Trusting(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
