using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Oci;

/// <summary>The clients that Debian has, as they are: skopeo, buildah, and docker's command line.</summary>
public sealed class OciClientTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private readonly string _work = Directory.CreateTempSubdirectory("auxo-clients-").FullName;
    private RegistryHost _host = null!;
    private string _token = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("app", format: "oci");
        _token = await AccessToken.CreateAsync(
            _host.Database, "client", ["registry:read:app", "registry:write:app"], null, CancellationToken.None);
    }

    [Fact]
    public async Task skopeo_pushes_lists_inspects_copies_and_deletes()
    {
        Require("skopeo");
        var digest = await OciLayout.WriteAsync(At("image"), "v1", 300_000);
        await SkopeoAsync("copy", "--dest-tls-verify=false", "--dest-creds", $"me:{_token}", $"oci:{At("image")}:v1", Image("app/web:v1"));
        // The second time everything is there; under another name it is mounted.
        await SkopeoAsync("copy", "--dest-tls-verify=false", "--dest-creds", $"me:{_token}", $"oci:{At("image")}:v1", Image("app/web:v2"));
        await SkopeoAsync("copy", "--src-tls-verify=false", "--src-creds", $"me:{_token}", "--dest-tls-verify=false",
            "--dest-creds", $"me:{_token}", Image("app/web:v1"), Image("app/copy:v1"));
        Assert.Equal(3L, await _host.ScalarAsync<long>("select count(*) from registry.blobs"));
        var inspected = JsonNode.Parse(await SkopeoAsync("inspect", "--tls-verify=false", "--creds", $"me:{_token}", Image("app/web:v2")))!;
        Assert.Equal((digest, "v1,v2"), (
            (string?)inspected["Digest"], string.Join(',', inspected["RepoTags"]!.AsArray().Select(static t => (string?)t))));
        var tags = JsonNode.Parse(await SkopeoAsync("list-tags", "--tls-verify=false", "--creds", $"me:{_token}", Image("app/web")))!;
        Assert.Equal(2, tags["Tags"]!.AsArray().Count);
        await SkopeoAsync("copy", "--src-tls-verify=false", "--src-creds", $"me:{_token}", Image($"app/copy@{digest}"),
            $"oci:{At("back")}:v1");
        Assert.Equal(digest, (string?)JsonNode.Parse(await File.ReadAllTextAsync(
            Path.Combine(At("back"), "index.json")))!["manifests"]![0]!["digest"]);
        await SkopeoAsync("sync", "--src-tls-verify=false", "--src-creds", $"me:{_token}", "--src", "docker", "--dest", "dir",
            $"{_host.Address.Authority}/app/web", At("synced"));
        await SkopeoAsync("delete", "--tls-verify=false", "--creds", $"me:{_token}", Image("app/web:v1"));
        using var gone = await _host.GetAsync("/v2/app/web/manifests/v2");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var there = await _host.GetAsync("/v2/app/copy/manifests/v1");
        Assert.Equal(HttpStatusCode.OK, there.StatusCode);
    }

    [Fact]
    public async Task skopeo_logs_in_and_is_told_why_it_may_not()
    {
        Require("skopeo");
        await OciLayout.WriteAsync(At("image"), "v1", 1000);
        var file = At("auth.json");
        await SkopeoAsync("login", "--tls-verify=false", "--authfile", file, "-u", "me", "-p", _token, _host.Address.Authority);
        await SkopeoAsync("copy", "--dest-tls-verify=false", "--authfile", file, $"oci:{At("image")}:v1", Image("app/web:v1"));
        var wrong = await RunAsync("skopeo", "login", "--tls-verify=false", "--authfile", At("x"), "-u", "me", "-p", "wrong",
            _host.Address.Authority);
        Assert.NotEqual(0, wrong.Code);
        var none = await RunAsync("skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", "--authfile", At("empty"),
            $"oci:{At("image")}:v1", Image("app/web:v2"));
        Assert.NotEqual(0, none.Code);
        var reader = await AccessToken.CreateAsync(_host.Database, "reader", ["registry:read:app"], null, CancellationToken.None);
        var denied = await RunAsync("skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", "--dest-creds", $"me:{reader}",
            $"oci:{At("image")}:v1", Image("app/new:v1"));
        Assert.NotEqual(0, denied.Code);
        Assert.True(denied.Said.Contains("registry:write", StringComparison.Ordinal), denied.Said);
        var taken = await RunAsync("skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", "--dest-creds", $"me:{_token}",
            $"oci:{At("image")}:v1", Image("none/web:v1"));
        Assert.NotEqual(0, taken.Code);
    }

    [Fact]
    public async Task buildah_makes_an_image_pushes_and_pulls_it()
    {
        Require("buildah");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "buildah without root needs user namespaces, which are not everywhere.");
        string[] storage = ["--storage-driver", "vfs", "--root", At("root"), "--runroot", At("run")];
        async Task<string> BuildahAsync(params string[] arguments)
        {
            var (code, said) = await RunAsync("buildah", [.. storage, .. arguments]);
            Assert.True(code == 0, said);
            return said.Trim();
        }

        var probe = await RunAsync("buildah", [.. storage, "from", "--name", "made", "scratch"]);
        Assert.SkipUnless(probe.Code == 0, $"buildah cannot work here: {probe.Said}");
        await BuildahAsync("config", "--label", "a=b", "made");
        await BuildahAsync("commit", "made", "made-image");
        await BuildahAsync("push", "--tls-verify=false", "--creds", $"me:{_token}", "made-image", Image("app/made:v1"));
        await BuildahAsync("rmi", "-f", "made-image");
        await BuildahAsync("pull", "--tls-verify=false", "--creds", $"me:{_token}", Image("app/made:v1"));
        Assert.Contains("app/made", await BuildahAsync("images"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task docker_logs_in_and_reads_a_manifest()
    {
        Require("docker");
        await _host.PushAsync("app/web", "v1", "layer");
        var configuration = At("docker");
        var login = await RunAsync("docker", "--config", configuration, "login", "-u", "me", "-p", _token, _host.Address.Authority);
        // An old command line asks its engine to log in for it.
        Assert.SkipWhen(login.Said.Contains("Cannot connect to the Docker daemon", StringComparison.Ordinal),
            "This docker needs an engine to log in.");
        Assert.True(login.Code == 0, login.Said);
        var shown = await RunAsync("docker", "--config", configuration, "manifest", "inspect", "--insecure",
            $"{_host.Address.Authority}/app/web:v1");
        Assert.True(shown.Code == 0, shown.Said);
        Assert.Contains(Images.DigestOf("layer"), shown.Said, StringComparison.Ordinal);
        var wrong = await RunAsync("docker", "--config", At("other"), "login", "-u", "me", "-p", "wrong", _host.Address.Authority);
        Assert.NotEqual(0, wrong.Code);
    }

    [Fact]
    public async Task dockers_engine_pushes_and_pulls()
    {
        Require("docker");
        Assert.SkipUnless((await RunAsync("docker", "version", "--format", "{{.Server.Version}}")).Code == 0,
            "No docker engine runs here.");
        var (name, configuration) = ($"{_host.Address.Authority}/app/engine:v1", At("docker"));
        async Task DockerAsync(params string[] arguments)
        {
            var (code, said) = await RunAsync("docker", ["--config", configuration, .. arguments]);
            Assert.True(code == 0, said);
        }

        await File.WriteAllTextAsync(At("file"), "content");
        Assert.Equal(0, (await RunAsync("tar", "-cf", At("layer.tar"), "-C", _work, "file")).Code);
        await DockerAsync("login", "-u", "me", "-p", _token, _host.Address.Authority);
        await DockerAsync("import", At("layer.tar"), name);
        try
        {
            await DockerAsync("push", name);
            await DockerAsync("rmi", name);
            await DockerAsync("pull", name);
        }
        finally
        {
            await RunAsync("docker", "rmi", name);
        }

        using var manifest = await _host.GetAsync("/v2/app/engine/manifests/v1");
        Assert.Equal(HttpStatusCode.OK, manifest.StatusCode);
        var denied = await RunAsync("docker", "--config", At("other"), "pull", name);
        Assert.NotEqual(0, denied.Code);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
        await RunAsync("rm", "-rf", _work);
    }

    private string At(string name) => Path.Combine(_work, name);

    private string Image(string name) => $"docker://{_host.Address.Authority}/{name}";

    private static void Require(string program)
        => Assert.SkipUnless(Tool.IsThere(program), $"{program} is not installed (Debian: apt install {program}).");

    private async Task<string> SkopeoAsync(string command, params string[] arguments)
    {
        var (code, said) = await RunAsync("skopeo", [command, .. command is "copy" or "sync" ? (string[])["--insecure-policy"] : [],
            .. arguments]);
        Assert.True(code == 0, said);
        return said;
    }

    private async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = _work,
        };
        start.Environment["HOME"] = _work;
        start.Environment["XDG_RUNTIME_DIR"] = _work;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await errors);
    }
}
