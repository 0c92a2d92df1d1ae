
using Auxo.Registry.Tests.Npm.Clients;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Fetching;

/// <summary>
/// The library of the standard's makers with its strict schema, and one that reads package URLs; installed once on a machine, below the
/// user's cache. Tests that need them skip where they cannot be had.
/// </summary>
internal sealed class CycloneDxLibrary
{
    private static readonly string[] Pinned =
    [
        "@cyclonedx/cyclonedx-library@10.3.0", "ajv@8.20.0", "ajv-formats@3.0.1", "ajv-formats-draft2019@1.6.1", "packageurl-js@2.0.1",
    ];

    private const string Script = """
        const { Validation, Spec } = require('@cyclonedx/cyclonedx-library');
        const { PackageURL } = require('packageurl-js');
        const text = require('fs').readFileSync(process.argv[1], 'utf8');
        new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text).then(fault => {
          if (fault) { console.log(JSON.stringify(fault)); process.exit(1); }
          for (const component of JSON.parse(text).components) {
            const url = PackageURL.fromString(component.purl);
            console.log([url.type, url.namespace, url.name, url.version].join(' '));
          }
        });
        """;

    private readonly string _folder;

    private CycloneDxLibrary(string folder) => _folder = folder;

    public static async Task<CycloneDxLibrary> FindAsync()
    {
        Assert.SkipUnless(Tool.IsThere("npm") && Tool.IsThere("node"), "The library of CycloneDX needs node and npm.");
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set
            ? set : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var folder = Directory.CreateDirectory(Path.Combine(cache, "auxo-tests", "cyclonedx-1")).FullName;
        if (Pinned.All(name => Directory.Exists(Path.Combine(folder, "node_modules", name[..name.LastIndexOf('@')]))))
            return new CycloneDxLibrary(folder);
        var (code, said) = await NpmClients.RunAsync(folder, ["npm", "install", "--prefix", folder, "--ignore-scripts", "--no-audit",
            "--no-fund", "--fetch-retries=0", "--fetch-timeout=60000", .. Pinned], prepare: null);
        Assert.SkipWhen(code != 0, $"The library of CycloneDX could not be installed into {folder}: {said}");
        return new CycloneDxLibrary(folder);
    }

    /// <summary>Checks a document; type, namespace, name and version of the package URL of each component.</summary>
    public async Task<string[]> ReadAsync(byte[] document)
    {
        var (code, said) = await RunAsync(document);
        Assert.True(code == 0, said);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>It must find a fault.</summary>
    public async Task RefuseAsync(byte[] document) => Assert.Equal(1, (await RunAsync(document)).Code);

    private async Task<(int Code, string Said)> RunAsync(byte[] document)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, document);
            return await NpmClients.RunAsync(_folder, ["node", "-e", Script, file], prepare: null);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
