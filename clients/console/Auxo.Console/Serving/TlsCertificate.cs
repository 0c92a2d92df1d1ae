using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Auxo.Console.Serving;

/// <summary>Where the certificate of this console lies, and where it is served.</summary>
/// <param name="Certificate">A PEM file: the certificate, then those between it and its authority.</param>
/// <param name="Key">A PEM file: its private key, without a password.</param>
/// <param name="Port">Where TLS is spoken.</param>
internal sealed record TlsSettings(string Certificate, string Key, int Port)
{
    private const int UsualPort = ServiceDefaults.Access.ConsoleHosts.UsualTlsPort;

    /// <summary>Reads the settings; null when there is no certificate.</summary>
    /// <exception cref="RefusedStartException">They are not complete.</exception>
    public static TlsSettings? From(IConfiguration configuration)
    {
        var (certificate, key) = (configuration["Auxo:Console:Tls:Certificate"], configuration["Auxo:Console:Tls:Key"]);
        if (string.IsNullOrEmpty(certificate) && string.IsNullOrEmpty(key)) return null;
        if (string.IsNullOrEmpty(certificate) || string.IsNullOrEmpty(key)) throw new RefusedStartException(
            "Auxo__Console__Tls__Certificate and Auxo__Console__Tls__Key are given together or not at all.");
        var port = configuration["Auxo:Console:Tls:Port"];
        if (string.IsNullOrEmpty(port)) return new TlsSettings(certificate, key, UsualPort);
        return int.TryParse(port, out var given) && given is >= 0 and < 65536
            ? new TlsSettings(certificate, key, given)
            : throw new RefusedStartException($"Auxo__Console__Tls__Port={port} is no port: a number from 1 to 65535.");
    }
}

/// <summary>
/// The certificate as it lies on the disk: who renews it restarts nothing. A new one that cannot be used is logged, and the old one serves
/// on.
/// </summary>
internal sealed partial class TlsCertificate(TlsSettings settings, TimeProvider time, ILogger<TlsCertificate> logger)
{
    /// <summary>How long a renewed one may still be unknown.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    private readonly Lock _reading = new();
    private (X509Certificate2 Leaf, SslStreamCertificateContext Context)? _current;
    private (DateTime, DateTime) _stamp;
    private long _lookedAt;

    /// <summary>The last instant at which browsers believe it.</summary>
    /// <exception cref="RefusedStartException">There is none that can be used.</exception>
    public DateTimeOffset Until => new(Current().Leaf.NotAfter.ToUniversalTime());

    /// <summary>For a connection that begins now.</summary>
    /// <exception cref="RefusedStartException">There is none that can be used.</exception>
    public SslStreamCertificateContext Context => Current().Context;

    private (X509Certificate2 Leaf, SslStreamCertificateContext Context) Current()
    {
        lock (_reading)
        {
            if (_current is { } fresh && time.GetElapsedTime(_lookedAt) < MaxAge) return fresh;
            _lookedAt = time.GetTimestamp();
            var stamp = (File.GetLastWriteTimeUtc(settings.Certificate), File.GetLastWriteTimeUtc(settings.Key));
            if (_current is { } same && stamp == _stamp) return same;
            _stamp = stamp;
            try
            {
                _current = Load(settings);
            }
            catch (RefusedStartException e) when (_current is not null)
            {
                Log.NotTaken(logger, e.Message);
            }

            return _current!.Value;
        }
    }

    private static (X509Certificate2, SslStreamCertificateContext) Load(TlsSettings settings)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPemFile(settings.Certificate);
            if (chain.Count == 0) throw new RefusedStartException(
                $"{settings.Certificate} (Auxo__Console__Tls__Certificate) has no certificate: it must be a PEM file.");
            var leaf = X509Certificate2.CreateFromPemFile(settings.Certificate, settings.Key);
            return (leaf, SslStreamCertificateContext.Create(leaf, chain, offline: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RefusedStartException($"The console's certificate cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new RefusedStartException(
                $"The key {settings.Key} does not fit the certificate {settings.Certificate}, or one of them is no PEM file without a "
                    + $"password: {e.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The renewed certificate is not taken, the one before serves on. {Reason}")]
        public static partial void NotTaken(ILogger logger, string reason);
    }
}
