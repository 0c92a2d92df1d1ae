using System.Diagnostics;
using System.Net.Sockets;

using Auxo.Registry.Tests.Identities;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Ldap;

/// <summary>
/// Debian's <c>slapd</c> on ports of loopback, in a folder of its own. It takes no password without TLS. Without it the test is left out.
/// </summary>
internal sealed class SlapdServer : IAsyncDisposable
{
    public const string SearcherPassword = "the searcher's";

    private const string Ldif =
        """
        dn: dc=example,dc=org
        objectClass: dcObject
        objectClass: organization
        o: example
        dc: example

        dn: ou=people,dc=example,dc=org
        objectClass: organizationalUnit
        ou: people

        dn: ou=groups,dc=example,dc=org
        objectClass: organizationalUnit
        ou: groups

        dn: cn=searcher,dc=example,dc=org
        objectClass: organizationalRole
        objectClass: simpleSecurityObject
        cn: searcher
        userPassword: the searcher's

        dn: uid=alice,ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        uid: alice
        cn: Alice
        sn: A
        userPassword: alice's password

        dn: uid=bob,ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        uid: bob
        cn: Bob
        sn: B
        userPassword: bob's password

        dn: uid=carol,ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        uid: carol
        cn: Carol
        sn: C
        userPassword: carol's password

        dn: uid=ci,ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        uid: ci
        cn: Ci
        sn: C
        userPassword: ci's password

        dn: cn=Web Developers,ou=groups,dc=example,dc=org
        objectClass: groupOfNames
        cn: Web Developers
        member: uid=alice,ou=people,dc=example,dc=org
        member: uid=ci,ou=people,dc=example,dc=org

        dn: cn=operators,ou=groups,dc=example,dc=org
        objectClass: posixGroup
        cn: operators
        gidNumber: 500
        memberUid: bob

        dn: cn=admins,ou=groups,dc=example,dc=org
        objectClass: groupOfNames
        cn: admins
        member: uid=nobody,ou=people,dc=example,dc=org

        """;

    private readonly ReservedPort _plain = ReservedPort.Take(), _tls = ReservedPort.Take();
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-slapd-").FullName;
    private Process? _process;

    private SlapdServer()
    {
    }

    public string Url => $"ldap://127.0.0.1:{_plain.Number}";

    public string TlsUrl => $"ldaps://127.0.0.1:{_tls.Number}";

    public TestCertificates Certificates { get; private set; } = null!;

    public string PasswordFile => Path.Combine(_folder, "password");

    private string Config => Path.Combine(_folder, "slapd.conf");

    public static async Task<SlapdServer> StartAsync()
    {
        Assert.SkipUnless(
            File.Exists("/usr/sbin/slapd") && File.Exists("/usr/sbin/slapadd"), "slapd is not installed (Debian: apt install slapd).");
        var server = new SlapdServer();
        try
        {
            server.Certificates = await TestCertificates.MakeAsync(server._folder);
            await File.WriteAllTextAsync(server.PasswordFile, SearcherPassword + "\n");
            Directory.CreateDirectory(Path.Combine(server._folder, "data"));
            await File.WriteAllTextAsync(server.Config, $"""
                include /etc/ldap/schema/core.schema
                include /etc/ldap/schema/cosine.schema
                include /etc/ldap/schema/inetorgperson.schema
                include /etc/ldap/schema/nis.schema
                modulepath /usr/lib/ldap
                moduleload back_mdb
                TLSCACertificateFile {server.Certificates.Authority}
                TLSCertificateFile {server.Certificates.Certificate}
                TLSCertificateKeyFile {server.Certificates.Key}
                security simple_bind=128
                database mdb
                maxsize 16777216
                suffix "dc=example,dc=org"
                directory {Path.Combine(server._folder, "data")}

                """);
            using var add = Start("/usr/sbin/slapadd", "-f", server.Config);
            var said = add.StandardError.ReadToEndAsync();
            await add.StandardInput.WriteAsync(Ldif);
            add.StandardInput.Close();
            await add.WaitForExitAsync();
            Assert.SkipWhen(add.ExitCode != 0, $"slapadd does not run here: {await said}");
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, also after <see cref="StopAsync"/>.</summary>
    public async Task RunAsync()
    {
        _process = Start("/usr/sbin/slapd", "-f", Config, "-h", $"{Url}/ {TlsUrl}/", "-d", "0");
        await Eventually.TrueAsync(
            async () =>
            {
                if (_process.HasExited) return true;
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync("127.0.0.1", _tls.Number);
                return true;
            },
            "slapd listens");
        Assert.SkipWhen(_process.HasExited, "slapd does not run here.");
    }

    public async Task StopAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _plain.Dispose();
        _tls.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process Start(string program, params string[] arguments)
        => Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true,
        })!;
}
