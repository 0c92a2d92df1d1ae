using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

using Auxo.Testing;

namespace Auxo.Registry.Tests.PyPi;

/// <summary>pip, twine, flit and build as Debian and Python ship them.</summary>
public sealed partial class ClientTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;
    private RealClient _client = null!;
    private string _python = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("py", format: "pypi");
        _client = new RealClient(_home, ("PIP_NO_CACHE_DIR", "1"), ("PIP_DISABLE_PIP_VERSION_CHECK", "1"), ("PIP_NO_INPUT", "1"),
            ("PIP_NO_COLOR", "1"), ("NO_COLOR", "1"), ("FLIT_USERNAME", "__token__"), ("FLIT_PASSWORD", _host.Token));
        _python = Path.Combine(_home, "venv", "bin", "python");
    }

    [Fact]
    public async Task pip_installs_upgrades_downloads_and_uninstalls()
    {
        await MakePythonAsync();
        foreach (var version in (string[])["1.0", "1.1", "2.0rc1"]) await UploadAsync(Distributions.Wheel("Auxo.Demo", version));
        await UploadAsync(Distributions.Wheel("needs-it", "1.0",
            Distributions.Metadata("needs-it", "1.0", "Requires-Dist: auxo_demo (<1.1)\n")));

        (await PipAsync("install", "Needs.It")).Well();
        Assert.Equal("1.0", await InstalledAsync());
        (await PipAsync("install", "--upgrade", "auxo-demo")).Well();
        Assert.Equal("1.1", await InstalledAsync());
        (await PipAsync("install", "--upgrade", "--pre", "AUXO_demo")).Well();
        Assert.Equal("2.0rc1", await InstalledAsync());
        (await PipAsync("uninstall", "-y", "auxo-demo")).Well();
        Assert.Equal("", await InstalledAsync());

        var versions = (await PipAsync("index", "versions", "auxo-demo")).Well();
        Assert.Contains("Available versions: 1.1, 1.0", versions.Said, StringComparison.Ordinal);
        (await PipAsync("download", "auxo-demo==1.0", "-d", "down")).Well();
        Assert.True(File.Exists(Path.Combine(_home, "down", "auxo_demo-1.0-py3-none-any.whl")));
        (await PipAsync("install", "not-there")).Badly("No matching distribution found for not-there");
    }

    [Fact]
    public async Task pip_installs_what_the_hash_in_a_list_says_and_nothing_else()
    {
        await MakePythonAsync();
        var wheel = Distributions.Wheel("auxo-demo", "1.0");
        await UploadAsync(wheel);
        var list = Path.Combine(_home, "requirements.txt");
        await File.WriteAllTextAsync(list, $"auxo-demo==1.0 --hash=sha256:{new string('0', 64)}\n");
        (await PipAsync("install", "--require-hashes", "-r", list)).Badly("DO NOT MATCH THE HASHES");
        await File.WriteAllTextAsync(list, $"auxo-demo==1.0 --hash=sha256:{Convert.ToHexStringLower(SHA256.HashData(wheel.Content))}\n");
        (await PipAsync("install", "--require-hashes", "-r", list)).Well();
        Assert.Equal("1.0", await InstalledAsync());
    }

    [Fact]
    public async Task pip_takes_a_yanked_release_only_when_it_is_asked_for_and_says_why_it_was_yanked()
    {
        await MakePythonAsync();
        foreach (var version in (string[])["1.0", "1.1"]) await UploadAsync(Distributions.Wheel("auxo-demo", version));
        (await _host.Client.PutAsJsonAsync("/pypi/py/projects/auxo-demo/1.1/yanked", new { reason = "loses data" })).Dispose();
        (await PipAsync("install", "auxo-demo")).Well();
        Assert.Equal("1.0", await InstalledAsync());
        Assert.Contains("loses data", (await PipAsync("install", "auxo-demo==1.1")).Well().Said, StringComparison.Ordinal);
        Assert.Equal("1.1", await InstalledAsync());
    }

    [Fact]
    public async Task pip_leaves_out_what_another_python_needs_and_reads_html_as_well()
    {
        await MakePythonAsync();
        await UploadAsync(Distributions.Wheel("auxo-demo", "1.0"));
        await UploadAsync(Distributions.Wheel("auxo-demo", "2.0", Distributions.Metadata("auxo-demo", "2.0", "Requires-Python: >=99\n")));
        (await PipAsync("install", "auxo-demo")).Well();
        Assert.Equal("1.0", await InstalledAsync());
        (await PipAsync("uninstall", "-y", "auxo-demo")).Well();
        var page = Index() + "auxo-demo/?format=text/html";
        (await PipAsync("install", "--no-index", "--find-links", page, "auxo-demo")).Well();
        Assert.Equal("1.0", await InstalledAsync());
    }

    [Fact]
    public async Task pip_is_let_in_by_its_token_alone()
    {
        await MakePythonAsync();
        await UploadAsync(Distributions.Wheel("auxo-demo", "1.0"));
        (await PipAsync("install", "--index-url", Index("wrong"), "auxo-demo")).Badly("from versions: none");
        (await PipAsync("install", "--index-url",
            new Uri(_host.Address, "/pypi/py/simple/").ToString(), "auxo-demo")).Badly("auxo-demo");
        Assert.Equal("", await InstalledAsync());
        await File.WriteAllTextAsync(Path.Combine(_home, ".netrc"), $"machine 127.0.0.1 login __token__ password {_host.Token}\n");
        (await PipAsync("install", "--index-url",
            new Uri(_host.Address, "/pypi/py/simple/").ToString(), "auxo-demo")).Well();
        Assert.Equal("1.0", await InstalledAsync());
    }

    [Fact]
    public async Task twine_uploads_once_and_says_why_it_may_not()
    {
        Need("twine");
        var files = await WriteAsync(Distributions.Wheel("Auxo.Demo", "1.0"), Distributions.Source("Auxo.Demo", "1.0"));
        (await TwineAsync(_host.Token, files)).Well();
        (await TwineAsync(_host.Token, files)).Well();
        Assert.Equal(3L, await _host.ScalarAsync<long>("select count(*) from registry.package_files"));

        var changed = await WriteAsync(Distributions.Wheel("Auxo.Demo", "1.0", salt: 1));
        (await TwineAsync(_host.Token, changed)).Badly("File already exists");
        Assert.Contains("Skipping", (await TwineAsync(_host.Token, ["--skip-existing", .. changed])).Well().Said,
            StringComparison.Ordinal);
        (await TwineAsync("wrong", files)).Badly("401");
        (await _client.RunAsync("twine", _home, "upload", "--non-interactive", "--repository-url", Legacy("nowhere"),
            "-u", "__token__", "-p",
            _host.Token, files[0])).Badly("There is no PyPI repository 'nowhere'");
    }

    [Fact]
    public async Task what_build_makes_with_setuptools_and_hatchling_is_taken_and_installed()
    {
        Need("twine");
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python), "Debian's Python is not installed.");
        foreach (var (backend, requires) in ((string, string)[])[("setuptools.build_meta", "setuptools"),
            ("hatchling.build", "hatchling")])
        {
            var there = await _client.RunAsync(Python, _home, "-c", $"import build, {requires}");
            Assert.SkipWhen(there.ExitCode != 0, $"Not installed (Debian: apt install python3-build python3-{requires}).");
            var folder = Directory.CreateDirectory(Path.Combine(_home, requires)).FullName;
            Directory.CreateDirectory(Path.Combine(folder, "my_demo"));
            await File.WriteAllTextAsync(Path.Combine(folder, "my_demo", "__init__.py"), "answer = 42\n");
            await File.WriteAllTextAsync(Path.Combine(folder, "pyproject.toml"),
                $"[build-system]\nrequires = [\"{requires}\"]\nbuild-backend = \"{backend}\"\n[project]\nname = \"My.Demo-{requires}\"\n"
                    + "version = \"1.0.0\"\nrequires-python = \">=3.8\"\n[tool.setuptools]\npackages = [\"my_demo\"]\n"
                    + "[tool.hatch.build]\ninclude = [\"my_demo\"]\n");
            (await _client.RunAsync(Python, folder, "-m", "build", "--no-isolation", "--skip-dependency-check")).Well();
            var files = Directory.GetFiles(Path.Combine(folder, "dist"));
            Assert.Equal(2, files.Length);
            (await TwineAsync(_host.Token, files)).Well();
        }

        await MakePythonAsync();
        (await PipAsync("install", "my-demo-setuptools")).Well();
        (await PipAsync("install", "my-demo-hatchling")).Well();
        Assert.Equal("42", (await _client.RunAsync(_python, _home, "-c", "import my_demo; print(my_demo.answer)")).Well().Said.Trim());
    }

    [Fact]
    public async Task flit_publishes()
    {
        Need("flit");
        var folder = Directory.CreateDirectory(Path.Combine(_home, "flit")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "flitted.py"), "\"\"\"A demo\"\"\"\n__version__ = '0.1'\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "pyproject.toml"),
            "[build-system]\nrequires = [\"flit_core\"]\nbuild-backend = \"flit_core.buildapi\"\n[project]\nname = \"flitted\"\n"
                + "authors = [{name = \"A\", email = \"a@example.org\"}]\ndynamic = [\"version\", \"description\"]\n");
        await File.WriteAllTextAsync(Path.Combine(_home, ".pypirc"),
            $"[distutils]\nindex-servers = auxo\n[auxo]\nrepository = {Legacy()}\n");
        (await _client.RunAsync("flit", folder, "publish", "--repository", "auxo")).Well();
        await MakePythonAsync();
        (await PipAsync("install", "flitted")).Well();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static void Need(string program)
        => Assert.SkipUnless(Tool.IsThere(program), $"{program} is not installed (Debian: apt install {program}).");

    private string Index(string? token = null) => $"http://__token__:{token ?? _host.Token}@{_host.Address.Authority}/pypi/py/simple/";

    private string Legacy(string repository = "py") => new Uri(_host.Address, $"/pypi/{repository}/legacy/").ToString();

    private async Task MakePythonAsync()
    {
        Need("python3");
        var made = await _client.RunAsync("python3", _home, "-m", "venv", "--without-pip", "venv");
        Assert.SkipWhen(made.ExitCode != 0, $"python3 makes no environment (Debian: apt install python3-venv): {made.Said}");
    }

    /// <summary>pip of this machine, in the environment of the test.</summary>
    private Task<ClientAnswer> PipAsync(string command, params string[] arguments)
    {
        string[] index = command is "uninstall" or "list" || arguments.Contains("--index-url") || arguments.Contains("--no-index")
            ? [] : ["--index-url", Index()];
        return _client.RunAsync("python3", _home, ["-m", "pip", "--python", _python, command, .. arguments, .. index]);
    }

    private Task<ClientAnswer> TwineAsync(string token, params string[] arguments)
        => _client.RunAsync("twine", _home, ["upload", "--non-interactive", "--disable-progress-bar", "--repository-url", Legacy(),
            "-u", "__token__", "-p", token, .. arguments]);

    private async Task UploadAsync((string FileName, byte[] Content) file)
    {
        using var answer = await _host.UploadAsync(file);
        Assert.True(answer.IsSuccessStatusCode, answer.ReasonPhrase);
    }

    private async Task<string> InstalledAsync()
        => Listed().Match((await PipAsync("list")).Well().Said).Groups["version"].Value;

    [GeneratedRegex(@"auxo.demo\s+(?<version>\S+)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Listed();

    private async Task<string[]> WriteAsync(params (string FileName, byte[] Content)[] files)
    {
        foreach (var (name, content) in files) await File.WriteAllBytesAsync(Path.Combine(_home, name), content);
        return [.. files.Select(f => Path.Combine(_home, f.FileName))];
    }
}
