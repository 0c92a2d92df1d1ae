using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

using Auxo.Console.Access;
using Auxo.Console.Serving;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Doctor;
using Auxo.Testing;
using Auxo.Testing.Receivers;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Auxo.Console.Tests;

/// <summary>TLS by files that the operator gives.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-tls-").FullName;
    private readonly TestAuthority _authority = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task a_console_with_a_certificate_speaks_tls_and_tells_browsers_to_stay_there()
    {
        Write("127.0.0.1");
        await using var console = await ConsoleHost.StartAsync(settings:
            [("Auxo:Console:Tls:Certificate", Certificate), ("Auxo:Console:Tls:Key", Key), ("Auxo:Console:Tls:Port", "0")]);
        var address = console.Listened.Single(static a => a.StartsWith("https:", StringComparison.Ordinal));
        using var served = X509CertificateLoader.LoadCertificateFromFile(Certificate);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false,
            // Nobody knows its authority: it must be this one.
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == served.GetCertHashString(),
            },
        });
        using var login = await client.GetAsync(new Uri(address + "/login"));
        Assert.True(login.IsSuccessStatusCode);
        Assert.Equal("max-age=31536000", Assert.Single(login.Headers.GetValues("Strict-Transport-Security")));
        Assert.Contains("; secure", Assert.Single(login.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);

        // Programs of this machine find it where they did.
        var plain = console.Listened.Single(static a => a.StartsWith("http:", StringComparison.Ordinal));
        using var alive = await client.GetAsync(new Uri(plain + "/alive"));
        Assert.True(alive.IsSuccessStatusCode);
        Assert.False(alive.Headers.Contains("Strict-Transport-Security"));
        Assert.Contains("\"certificate\"", await client.GetStringAsync(new Uri(plain + "/diagnosis")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "https://asked.example:8443")]
    [InlineData("http://ci.example.org", "https://asked.example:8443")]
    [InlineData("https://ci.example.org", "https://ci.example.org")]
    public void browsers_are_led_to_an_address_of_tls(string? known, string to)
        => Assert.Equal(to, TlsConfiguration.SecureAddress(new PublicAddress(known), new HostString("asked.example", 8880), 8443));

    [Fact]
    public void a_renewed_certificate_is_served_without_a_restart()
    {
        Write("first.example");
        var certificate = Make();
        Assert.Equal("CN=first.example", certificate.Context.TargetCertificate.Subject);
        Write("second.example");
        Assert.Equal("CN=first.example", certificate.Context.TargetCertificate.Subject);
        _time.Advance(TlsCertificate.MaxAge);
        Assert.Equal("CN=second.example", certificate.Context.TargetCertificate.Subject);
    }

    [Fact]
    public void a_renewed_certificate_that_cannot_be_used_leaves_the_one_before()
    {
        Write("first.example");
        var certificate = Make();
        _ = certificate.Context;
        Write("second.example", ofCertificate: true, ofKey: false);
        _time.Advance(TlsCertificate.MaxAge);
        Assert.Equal("CN=first.example", certificate.Context.TargetCertificate.Subject);
        Write("third.example");
        _time.Advance(TlsCertificate.MaxAge);
        Assert.Equal("CN=third.example", certificate.Context.TargetCertificate.Subject);
    }

    [Fact]
    public void files_that_do_not_fit_are_refused_by_their_names()
    {
        var missing = Assert.Throws<RefusedStartException>(() => Make().Context);
        Assert.Contains(Certificate, missing.Message, StringComparison.Ordinal);
        Write("first.example");
        Write("second.example", ofCertificate: true, ofKey: false);
        var other = Assert.Throws<RefusedStartException>(() => Make().Context);
        Assert.StartsWith($"The key {Key} does not fit the certificate {Certificate}", other.Message, StringComparison.Ordinal);
        File.WriteAllText(Certificate, "nothing");
        Assert.Contains("no certificate", Assert.Throws<RefusedStartException>(() => Make().Context).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Auxo:Console:Tls:Certificate", "/x", "together")]
    [InlineData("Auxo:Console:Tls:Key", "/x", "together")]
    public void a_certificate_without_its_key_is_refused(string name, string value, string says)
        => Assert.Contains(says, Assert.Throws<RefusedStartException>(() => TlsSettings.From(new ConfigurationBuilder()
            .AddInMemoryCollection([new(name, value)]).Build())).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(-1, Health.Trouble)]
    [InlineData(13, Health.Warning)]
    [InlineData(15, Health.Fine)]
    public void the_doctor_says_when_a_certificate_ends_soon(int days, Health expected)
    {
        var now = new DateTimeOffset(2026, 11, 29, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(expected, DiagnoseConsole.Of(now.AddDays(days), now).State);
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Certificate => Path.Combine(_folder, "certificate.pem");

    private string Key => Path.Combine(_folder, "key.pem");

    private TlsCertificate Make() => new(new TlsSettings(Certificate, Key, 0), _time, NullLogger<TlsCertificate>.Instance);

    private void Write(string name, bool ofCertificate = true, bool ofKey = true)
    {
        using var issued = _authority.Issue(name);
        using var key = issued.GetECDsaPrivateKey()!;
        if (ofCertificate) File.WriteAllText(Certificate, issued.ExportCertificatePem());
        if (ofKey) File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
    }
}
