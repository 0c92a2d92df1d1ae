using System.Security.Cryptography;
using System.Text;

using Auxo.Instances;

namespace Auxo.Registry.Npm.Signing;

/// <summary>
/// The key by which this registry says that it has a package's content: <c>npm audit signatures</c> checks it. ECDSA over P-256, as
/// npm has it; a file of the instance's folder that only its owner reads.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private readonly Lazy<(ECDsa Key, string Id, string Public)> _key;

    /// <summary>Of the instance; made when it is first needed.</summary>
    public SigningKey(InstanceLayout layout) => _key = new(() => Load(layout.NpmSigningKey));

    /// <summary>Its id: <c>SHA256:</c> and the digest of the public key in Base64.</summary>
    public string Id => _key.Value.Id;

    /// <summary>The public key: SubjectPublicKeyInfo in Base64.</summary>
    public string Public => _key.Value.Public;

    /// <summary>Signs that a version has this content.</summary>
    /// <param name="name">The package.</param>
    /// <param name="version">The version.</param>
    /// <param name="integrity"><c>sha512-</c> and Base64.</param>
    /// <returns>DER in Base64; another one each time.</returns>
    public string Sign(string name, string version, string integrity)
    {
        var signed = Encoding.UTF8.GetBytes($"{name}@{version}:{integrity}");
        lock (_key)
        {
            return Convert.ToBase64String(
                _key.Value.Key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_key.IsValueCreated) _key.Value.Key.Dispose();
    }

    private static (ECDsa Key, string Id, string Public) Load(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(path)) key.ImportFromPem(File.ReadAllText(path));
        else PrivateFiles.Write(path, key.ExportPkcs8PrivateKeyPem() + "\n");
        PrivateFiles.Close(path);
        var spki = key.ExportSubjectPublicKeyInfo();
        return (key, $"SHA256:{Convert.ToBase64String(SHA256.HashData(spki)).TrimEnd('=')}", Convert.ToBase64String(spki));
    }
}
