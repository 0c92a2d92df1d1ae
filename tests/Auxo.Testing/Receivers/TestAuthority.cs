using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Auxo.Testing.Receivers;

/// <summary>A certificate authority that nobody knows, unless a process is started with its file as <c>SSL_CERT_FILE</c>.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    /// <summary>Makes one.</summary>
    public TestAuthority()
    {
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=Auxo's tests", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _root = request.CreateSelfSigned(now.AddDays(-30), now.AddDays(30));
        Pem = _root.ExportCertificatePem();
    }

    /// <summary>The authority's own certificate.</summary>
    public string Pem { get; }

    /// <summary>A server's certificate for 127.0.0.1.</summary>
    /// <param name="name">Another name or address that it is for instead.</param>
    /// <param name="expired">It was valid until yesterday.</param>
    public X509Certificate2 Issue(string name = "127.0.0.1", bool expired = false)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var signed = request.Create(_root, now.AddDays(-20), now.AddDays(expired ? -1 : 20), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        // A key that was never exported cannot be used by a server on every system.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }
}
