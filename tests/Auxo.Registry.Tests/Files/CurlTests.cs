using System.Diagnostics;
using System.Security.Cryptography;

using Auxo.Testing;

namespace Auxo.Registry.Tests.Files;

/// <summary>A real client, with what only a real client does: paths as they are, continued downloads, chunked uploads.</summary>
public sealed class CurlTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("files");
        await _host.DefineAsync("other");
        (await _host.PutAsync("/raw/other/secret", "secret")).Dispose();
    }

    [Fact]
    public async Task upload_download_and_a_download_that_is_carried_on()
    {
        var (from, to) = (Path.Combine(_home, "from"), Path.Combine(_home, "to"));
        var content = RandomNumberGenerator.GetBytes(2_000_000);
        await File.WriteAllBytesAsync(from, content);
        Assert.Equal("201", await CurlAsync("-T", from, "raw/files/app.bin"));
        Assert.Equal("201", await CurlAsync("-T", from, "-H", "Transfer-Encoding: chunked", "raw/files/chunked.bin"));
        Assert.Equal("412", await CurlAsync("-T", from, "-H", "If-None-Match: *", "raw/files/app.bin"));
        await File.WriteAllBytesAsync(to, content[..700_000]);
        Assert.Equal("206", await CurlAsync("-C", "-", "-o", to, "raw/files/chunked.bin"));
        Assert.Equal(content, await File.ReadAllBytesAsync(to));
        Assert.Equal("304", await CurlAsync(
            "-H", $"If-None-Match: \"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}\"", "raw/files/app.bin"));
    }

    [Theory]
    [InlineData("raw/files/../other/secret")]
    [InlineData("raw/files/%2e%2e/other/secret")]
    [InlineData("raw/files/%2e%2e%2fother%2fsecret")]
    [InlineData("raw/files/..%2fother%2fsecret")]
    [InlineData("raw/files/%252e%252e/other/secret")]
    [InlineData("raw/files/a%00b")]
    [InlineData("raw/files/%c0%ae%c0%ae/x")]
    [InlineData("raw/files//x")]
    [InlineData("raw/files/./x")]
    public async Task tricks_with_paths_are_refused_for_reading_and_writing(string path)
    {
        Assert.Equal("400", await CurlAsync("--path-as-is", path));
        Assert.Equal("400", await CurlAsync("--path-as-is", "-X", "PUT", "--data-binary", "x", path));
        Assert.Equal("secret", await _host.Client.GetStringAsync("/raw/other/secret"));
        Assert.Single(_host.OnDisk().Whole);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>Runs curl; the status of its answer.</summary>
    private async Task<string> CurlAsync(params string[] arguments)
    {
        string[] all = ["-sS", "-H", $"Authorization: Bearer {_host.Token}", "-w", "%{http_code}", .. arguments.Contains("-o")
            ? []
            : (string[])["-o", "/dev/null"], .. arguments[..^1], _host.Address + arguments[^1]];
        var start = new ProcessStartInfo("curl", all)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output.Trim();
    }
}
