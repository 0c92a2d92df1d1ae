using Auxo.Pipeline.Surveying;

namespace Auxo.Pipeline.Tests.Surveying;

/// <summary>Whether a build of tomorrow uses what one of today used.</summary>
public sealed class PinnedDependenciesTests
{
    private const string Names = """{"dependencies": {"left": "^1.0.0"}}""";

    [Theory]
    [InlineData("package.json", Names, "package-lock.json", true)]
    [InlineData("package.json", Names, "pnpm-lock.yaml", true)]
    [InlineData("packages/a/package.json", Names, "yarn.lock", true)]
    [InlineData("packages/a/package.json", Names, "packages/package-lock.json", true)]
    [InlineData("package.json", Names, "other/package-lock.json", false)]
    [InlineData("package.json", """{"name": "a", "dependencies": {}}""", "", null)]
    [InlineData("Cargo.toml", "[package]\nname = \"a\"\n", "", null)]
    [InlineData("Cargo.toml", "[dev-dependencies]\na = \"1\"\n", "", false)]
    [InlineData("Cargo.toml", "[target.x.dependencies]\na = \"1\"\n", "Cargo.lock", true)]
    [InlineData("go.mod", "module x\n", "", null)]
    [InlineData("go.mod", "module x\nrequire y v1.0.0\n", "go.sum", true)]
    public void a_manifest_is_exact_with_a_lock_file_beside_or_above_it(string path, string text, string beside, bool? exact)
        => Assert.Equal(exact, PinnedDependencies.Judge(path[(path.LastIndexOf('/') + 1)..], path, text, new HashSet<string> { beside }));

    [Theory]
    [InlineData("a==1.0\nb == 2 ; python_version > '3'\n", true)]
    [InlineData("# only words\n\n-r other.txt\n", null)]
    [InlineData("a==1.0\nb>=2\n", false)]
    [InlineData("a @ https://example.org/a.whl\n", true)]
    public void requirements_are_exact_line_by_line(string text, bool? exact)
        => Assert.Equal(exact, PinnedDependencies.Judge("requirements.txt", "requirements.txt", text, new HashSet<string>()));

    [Theory]
    [InlineData("FROM debian:12\n", false)]
    [InlineData("FROM debian@sha256:0123\nRUN true\n", true)]
    [InlineData("FROM scratch\n", null)]
    [InlineData("FROM --platform=$BUILDPLATFORM a@sha256:01 AS build\nFROM build\nFROM scratch\n", true)]
    [InlineData("from a@sha256:01 as one\nFROM two\n", false)]
    [InlineData("RUN echo FROM nowhere\n", null)]
    public void an_image_is_exact_with_its_digest(string text, bool? exact)
        => Assert.Equal(exact, PinnedDependencies.Judge("Dockerfile", "Dockerfile", text, new HashSet<string>()));
}
