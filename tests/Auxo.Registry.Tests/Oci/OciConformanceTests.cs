using System.Diagnostics;

using Auxo.Testing;

namespace Auxo.Registry.Tests.Oci;

/// <summary>
/// The conformance suite of the specification, as its authors wrote it: it is built from its source (docs/registry.md says how), and
/// AUXO_OCI_CONFORMANCE names the program.
/// </summary>
public sealed class OciConformanceTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("1.1")]
    [InlineData("dev")]
    public async Task the_suite_of_the_specification_fails_nothing(string version)
    {
        var program = Environment.GetEnvironmentVariable("AUXO_OCI_CONFORMANCE");
        Assert.SkipUnless(File.Exists(program),
            "AUXO_OCI_CONFORMANCE names no built conformance suite; docs/registry.md says how to build it.");
        await using var host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await host.DefineAsync("conformance", format: "oci");
        var results = Path.Combine(_home, "results");
        var start = new ProcessStartInfo(program!)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = _home,
        };
        foreach (var (name, value) in ((string, string)[])[
            ("REGISTRY", host.Address.Authority), ("TLS", "disabled"), ("VERSION", version), ("RESULTS_DIR", results),
            ("USERNAME", "conformance"), ("PASSWORD", host.Token), ("API_BLOBS_UPLOAD_CANCEL", "true"),
            ("API_BLOBS_DIGEST_HEADER", "true"), ("API_MANIFESTS_DIGEST_HEADER", "true"), ("API_MANIFESTS_TAG_PARAM", "true"),
            ("API_BLOBS_MOUNT_ANONYMOUS", "true"), ("DATA_SHA512", "true")]) start.Environment["OCI_" + name] = value;
        using var suite = Process.Start(start)!;
        var errors = suite.StandardError.ReadToEndAsync();
        var output = await suite.StandardOutput.ReadToEndAsync();
        await suite.WaitForExitAsync();
        var report = Path.Combine(results, "junit.xml");
        Assert.True(suite.ExitCode == 0, $"{output}\n{await errors}");
        var suites = System.Xml.Linq.XDocument.Load(report).Root!;
        Assert.InRange((int)suites.Attribute("tests")!, 500, int.MaxValue);
        Assert.All(suites.Elements("testsuite"), static s => Assert.Equal((0, 0),
            ((int)s.Attribute("failures")!, (int)s.Attribute("errors")!)));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_home, recursive: true);
        return ValueTask.CompletedTask;
    }
}
