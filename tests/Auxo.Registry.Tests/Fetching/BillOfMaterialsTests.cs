using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Fetching.Inputs;
using Auxo.Registry.Tests.Artifacts;

namespace Auxo.Registry.Tests.Fetching;

/// <summary>The bill of materials of a build as it is written, without a host.</summary>
public sealed class BillOfMaterialsTests
{
    private const string Sha = "abababababababababababababababababababababababababababababababab";

    public static readonly FinishedBuild Build = new(
        Guid.Parse("3f2a1c00-0000-4000-8000-000000000001"), Builds.Rid, "heartwood", "main", Builds.Commit(1), null, Builds.Now);

    /// <summary>One of every kind, and names that need care.</summary>
    public static readonly BuildInput[] Inputs =
    [
        new("npm", "npm", "@acme/left", "1.0.0", "left-1.0.0.tgz", Sha, ""),
        new("npm", "npm", "left-pad", "1.3.0+build.1", "left-pad-1.3.0+build.1.tgz", Sha,
            "https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz"),
        new("npm", "npm", "other", "1.0.0", "other-1.0.0.tgz", Sha, "https://packages.example/other/-/other-1.0.0.tgz"),
        new("pypi", "pypi", "requests", "2.0", "requests-2.0-py3-none-any.whl", Sha, "https://files.pythonhosted.org/x/requests.whl"),
        new("pypi", "pypi", "requests", "2.0", "requests-2.0-py3-none-any.whl.metadata", Sha, "https://files.pythonhosted.org/x/y"),
        new("nuget", "nuget", "acme.core", "2.1.0", "acme.core.2.1.0.nupkg", Sha, ""),
        new("nuget", "nuget", "acme.core", "2.1.0", "acme.core.2.1.0.snupkg", Sha, ""),
        new("oci", "app", "team/web", "v1", "sha256:" + Sha, Sha, ""),
        new("oci", "hub", "alpine", "sha256:" + Sha, "sha256:" + Sha, Sha, $"https://hub.example/v2/library/alpine/manifests/sha256:{Sha}"),
        new("oci", "hub", "alpine", "", "sha512:" + Sha + Sha, Sha, $"https://hub.example/v2/library/alpine/blobs/sha512:{Sha}{Sha}"),
        new("raw", "files", "tools/läs mig?.txt", "", "tools/läs mig?.txt", Sha, ""),
        new("", "gone", "what", "1", "what.bin", Sha, "not an address"),
        new("raw", "files", new string('x', 1000), "", "\"<\u202e\\\u0001" + new string('x', 1000), Sha, ""),
    ];

    [Fact]
    public void every_input_has_the_name_that_tools_know_it_by()
        => Assert.Equal(
            [
                "pkg:npm/%40acme/left@1.0.0?repository_url=urn%3Aauxo%3Aregistry%3Anpm",
                "pkg:npm/left-pad@1.3.0%2Bbuild.1",
                "pkg:npm/other@1.0.0?download_url=https%3A%2F%2Fpackages.example%2Fother%2F-%2Fother-1.0.0.tgz",
                "pkg:pypi/requests@2.0?file_name=requests-2.0-py3-none-any.whl",
                $"pkg:generic/requests@2.0?checksum=sha256%3A{Sha}",
                "pkg:nuget/acme.core@2.1.0?repository_url=urn%3Aauxo%3Aregistry%3Anuget",
                $"pkg:generic/acme.core@2.1.0?checksum=sha256%3A{Sha}&repository_url=urn%3Aauxo%3Aregistry%3Anuget",
                $"pkg:oci/web@sha256:{Sha}?repository_url=urn%3Aauxo%3Aregistry%3Aapp%2Fteam%2Fweb&tag=v1",
                $"pkg:oci/alpine@sha256:{Sha}?repository_url=hub.example%2Flibrary%2Falpine",
                $"pkg:generic/alpine?checksum=sha256%3A{Sha}&download_url="
                    + $"https%3A%2F%2Fhub.example%2Fv2%2Flibrary%2Falpine%2Fblobs%2Fsha512%3A{Sha}{Sha}",
                $"pkg:generic/tools/l%C3%A4s%20mig%3F.txt?checksum=sha256%3A{Sha}&repository_url=urn%3Aauxo%3Aregistry%3Afiles",
                $"pkg:generic/what@1?checksum=sha256%3A{Sha}&download_url=not%20an%20address",
            ], Inputs[..12].Select(PackageUrl.Of));

    [Fact]
    public void the_same_inputs_give_the_same_bytes_in_whatever_order_they_come()
    {
        var document = BillOfMaterials.Write(Build, Inputs);
        Assert.Equal(document, BillOfMaterials.Write(Build, Inputs.Reverse()));
        Assert.NotEqual(document, BillOfMaterials.Write(Build, Inputs[1..]));
        var read = JsonNode.Parse(document)!;
        Assert.Equal("2026-11-20T09:30:00Z", (string?)read["metadata"]!["timestamp"]);
        Assert.NotEqual($"urn:uuid:{Build.Build}", (string?)read["serialNumber"]);
        Assert.NotEqual((string?)read["serialNumber"],
            (string?)JsonNode.Parse(BillOfMaterials.Write(Build with { Build = Guid.Empty }, Inputs))!["serialNumber"]);
    }

    [Fact]
    public void it_says_what_was_built_and_where_each_input_came_from()
    {
        var built = Build with { BuiltAs = Builds.Commit(2) };
        var read = JsonNode.Parse(BillOfMaterials.Write(built, Inputs))!;
        var subject = read["metadata"]!["component"]!;
        Assert.Equal(("heartwood", Builds.Commit(2).Value), ((string?)subject["name"], (string?)subject["version"]));
        Assert.Equal(Builds.Rid.Value, (string?)subject["externalReferences"]![0]!["url"]);
        Assert.Contains(subject["properties"]!.AsArray(), static p => (string?)p!["value"] == Builds.Commit(1).Value);

        var components = read["components"]!.AsArray();
        Assert.Equal(Inputs.Length, components.Count);
        var image = components.Single(static c => (string?)c!["name"] == "app/team/web")!;
        Assert.Equal(("container", "v1", Sha), (
            (string?)image["type"], (string?)image["version"], (string?)image["hashes"]![0]!["content"]));
        Assert.Equal("published", Property(image, "auxo:registry:origin"));
        var mirrored = components.Single(static c => (string?)c!["name"] == "other")!;
        Assert.Equal("https://packages.example/other/-/other-1.0.0.tgz", (string?)mirrored["externalReferences"]![0]!["url"]);
        Assert.Equal("mirrored", Property(mirrored, "auxo:registry:origin"));
        var metadata = components.Single(static c => ((string?)c!["name"])!.EndsWith(".metadata", StringComparison.Ordinal))!;
        Assert.Equal("file", (string?)metadata["type"]);
        var refs = components.Select(static c => (string?)c!["bom-ref"]).ToList();
        Assert.Equal(refs, read["dependencies"]![0]!["dependsOn"]!.AsArray().Select(static r => (string?)r));
        Assert.Equal(Inputs.Length, refs.Distinct().Count());
    }

    [Fact]
    public async Task the_standards_own_library_finds_no_fault_in_it_and_reads_every_package_url()
    {
        var library = await CycloneDxLibrary.FindAsync();
        var read = await library.ReadAsync(BillOfMaterials.Write(Build, Inputs));
        Assert.Equal(Inputs.Length, read.Length);
        Assert.Contains("npm @acme left 1.0.0", read);
        Assert.Contains("npm  left-pad 1.3.0+build.1", read);
        Assert.Contains($"oci  web sha256:{Sha}", read);
        Assert.Contains("generic tools läs mig?.txt ", read);
        await library.ReadAsync(BillOfMaterials.Write(Build, []));
        await library.RefuseAsync(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(BillOfMaterials.Write(Build, Inputs))
            .Replace("\"container\"", "\"vessel\"", StringComparison.Ordinal)));
    }

    private static string? Property(JsonNode component, string name)
        => (string?)component["properties"]!.AsArray().Single(p => (string?)p!["name"] == name)!["value"];
}
