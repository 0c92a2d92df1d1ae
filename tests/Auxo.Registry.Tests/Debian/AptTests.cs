using Auxo.Registry.Tests.Mirrors;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.Debian;

/// <summary>apt-get unchanged, in a folder of its own, with a repository that is signed.</summary>
public sealed class AptTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-apt-").FullName;
    private readonly DebianArchive _archive = new();
    private readonly ManualTime _time = new();
    private UpstreamStandIn _upstream = null!;
    private RegistryHost _host = null!;
    private RealClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        foreach (var program in (string[])["apt-get", "dpkg-deb", "gpg", "gpgv"])
            Assert.SkipUnless(Tool.IsThere(program), $"{program} is not installed.");
        _upstream = await UpstreamStandIn.StartAsync();
        _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Path.Combine(_home, "auxo"), s => s.AddSingleton<TimeProvider>(_time),
            ("Auxo:Egress:Allow", "127.0.0.1"));
        await _host.DefineAsync("deb", format: "debian", upstream: _upstream.Address);
        foreach (var folder in (string[])["apt/lists/partial", "apt/archives/partial", "apt/auth", "gnupg"])
            Directory.CreateDirectory(Path.Combine(_home, folder));
        File.SetUnixFileMode(Path.Combine(_home, "gnupg"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(_home, "apt/status"), "");
        File.WriteAllText(
            Path.Combine(_home, "apt/auth/auxo.conf"), $"machine http://{_host.Address.Authority}/ login auxo password {_host.Token}\n");
        File.WriteAllText(Path.Combine(_home, "apt/sources.list"),
            $"deb [arch=amd64 signed-by={_home}/key.gpg] http://{_host.Address.Authority}/debian/deb stable main\n");
        File.WriteAllText(Path.Combine(_home, "apt.conf"),
            $$"""
            Dir "{{_home}}/apt"; Dir::Etc "{{_home}}/apt"; Dir::Etc::sourcelist "{{_home}}/apt/sources.list"; Dir::Etc::sourceparts "-";
            Dir::Etc::netrcparts "{{_home}}/apt/auth"; Dir::Etc::parts "-"; Dir::Etc::preferencesparts "-";
            Dir::State "{{_home}}/apt"; Dir::State::lists "{{_home}}/apt/lists"; Dir::State::status "{{_home}}/apt/status";
            Dir::Cache "{{_home}}/apt"; Dir::Cache::archives "{{_home}}/apt/archives"; Dir::Log "{{_home}}/apt";
            APT::Architecture "amd64"; APT::Architectures { "amd64"; }; APT::Sandbox::User "root"; Acquire::Languages "none";
            Acquire::Retries "0"; Acquire::http::Proxy "false"; APT::Update::Error-Mode "any"; Debug::NoLocking "1";
            """);
        _client = new RealClient(
            _home, ("APT_CONFIG", Path.Combine(_home, "apt.conf")), ("GNUPGHOME", Path.Combine(_home, "gnupg")), ("LC_ALL", "C"));
        (await _client.RunAsync(
            "gpg", _home, "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "demo@example.org", "rsa2048", "sign")).Well();
        (await _client.RunAsync("gpg", _home, "--batch", "--export", "--output", "key.gpg", "demo@example.org")).Well();
        _archive.Serve(_upstream);
    }

    [Fact]
    public async Task packages_come_through_the_mirror_also_when_upstream_is_gone()
    {
        await AddAsync("libdemo", "1.0-1", "");
        var path = await AddAsync("demo", "1.0+b1~rc1", "Depends: libdemo (>= 1.0)\n");
        (await AptAsync("update")).Well();
        await _upstream.DisposeAsync();
        // What was not fetched yet cannot come from nowhere.
        (await AptAsync("install", "--yes", "--download-only", "demo")).Badly("502");

        _upstream = await UpstreamStandIn.StartAsync();
        _archive.Serve(_upstream);
        await _host.DefineAsync("deb", format: "debian", upstream: _upstream.Address);
        _time.Advance(TimeSpan.FromMinutes(1));
        (await AptAsync("install", "--yes", "--download-only", "demo")).Well();
        Assert.Contains(
            _archive.Files[path], Directory.EnumerateFiles(Path.Combine(_home, "apt/archives"), "*.deb").Select(File.ReadAllBytes));

        await _upstream.DisposeAsync();
        foreach (var folder in (string[])["lists", "archives"])
        {
            Directory.Delete(Path.Combine(_home, "apt", folder), recursive: true);
            Directory.CreateDirectory(Path.Combine(_home, "apt", folder, "partial"));
        }

        (await AptAsync("update")).Well();
        (await AptAsync("install", "--yes", "--download-only", "demo")).Well();
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_home, "apt/archives"), "*.deb").Length);
    }

    [Fact]
    public async Task a_release_that_was_changed_is_refused_by_apt()
    {
        await AddAsync("demo", "1.0", "");
        var signed = _archive.Files[_archive.ReleasePath];
        signed[signed.AsSpan().IndexOf("Origin: Demo"u8) + 8] = (byte)'E';
        (await AptAsync("update")).Badly("BADSIG");
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_upstream is not null) await _upstream.DisposeAsync();
        if (_client is not null && Tool.IsThere("gpgconf")) await _client.RunAsync("gpgconf", _home, "--kill", "all");
        Directory.Delete(_home, recursive: true);
    }

    private Task<ClientAnswer> AptAsync(params string[] arguments) => _client.RunAsync("apt-get", _home, arguments);

    /// <summary>Builds a package, puts it into the archive and signs that anew.</summary>
    private async Task<string> AddAsync(string package, string version, string more)
    {
        var folder = Path.Combine(_home, package);
        Directory.CreateDirectory(Path.Combine(folder, "DEBIAN"));
        File.WriteAllText(Path.Combine(folder, "DEBIAN/control"),
            $"Package: {package}\nVersion: {version}\nArchitecture: amd64\nMaintainer: A <a@example.org>\n{more}Description: demo\n");
        (await _client.RunAsync("dpkg-deb", _home, "--root-owner-group", "--build", folder, $"{package}.deb")).Well();
        var path = _archive.Add(package, version, File.ReadAllBytes(Path.Combine(_home, $"{package}.deb")), more);
        File.WriteAllBytes(Path.Combine(_home, "Release"), _archive.Files[_archive.ReleasePath]);
        File.Delete(Path.Combine(_home, "InRelease"));
        (await _client.RunAsync("gpg", _home, "--batch", "--clearsign", "--output", "InRelease", "Release")).Well();
        _archive.Files[_archive.ReleasePath] = File.ReadAllBytes(Path.Combine(_home, "InRelease"));
        return path;
    }
}
