using System.Text;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Locks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Checks.Locks;

namespace Auxo.Pipeline.Tests.Checks.Packages;

/// <summary>Lock files in the shapes that today's programs write.</summary>
public sealed class LockFileTests
{
    [Fact]
    public void npm_3_is_read_with_aliases_and_without_links_and_the_repositorys_own()
        => Assert.Equal(
            ["lodash 4.17.20 @7", "@babel/core 7.0.0 @8", "lodash 3.0.0 @9", "real 1.0.0 @11"],
            Read("package-lock.json", """
                {
                  "name": "demo",
                  "lockfileVersion": 3,
                  "packages": {
                    "": { "name": "demo", "version": "1.0.0" },
                    "packages/own": { "version": "2.0.0" },
                    "node_modules/lodash": { "version": "4.17.20", "resolved": "https://r.test/l.tgz", "integrity": "sha512-x" },
                    "node_modules/@babel/core": { "version": "7.0.0", "dev": true },
                    "node_modules/a/node_modules/lodash": { "version": "3.0.0" },
                    "node_modules/own": { "resolved": "packages/own", "link": true },
                    "node_modules/other": { "name": "real", "version": "1.0.0" },
                    "node_modules/git": { "version": "git+ssh://git@example.org/x.git#abc" }
                  }
                }
                """));

    [Fact]
    public void npm_1_is_read_to_its_depth()
        => Assert.Equal(
            ["debug 3.0.1 @4", "ms 2.0.0 @6", "real 1.2.3 @9"],
            Read("npm-shrinkwrap.json", """
                {
                  "lockfileVersion": 1,
                  "dependencies": {
                    "debug": { "version": "3.0.1",
                      "dependencies": {
                        "ms": { "version": "2.0.0" }
                      }
                    },
                    "alias": { "version": "npm:real@1.2.3" },
                    "local": { "version": "file:../local" }
                  }
                }
                """));

    [Fact]
    public void of_npm_2_the_newer_list_counts()
        => Assert.Equal(
            ["a 1.0.0 @1"],
            Read("package-lock.json", """
                {"lockfileVersion":2,"packages":{"node_modules/a":{"version":"1.0.0"}},"dependencies":{"a":{"version":"1.0.0"}}}
                """));

    [Theory]
    [InlineData("# yarn lockfile v1\n\n\"@a/b@^1.0.0\", \"@a/b@~1.1\":\n  version \"1.1.0\"\n  resolved \"x\"\n\n"
        + "c@1:\n  version \"1.0.1\"\n\nlocal@file:./x:\n  version \"0.0.0\"\n")]
    [InlineData("__metadata:\n  version: 8\n\n\"@a/b@npm:^1.0.0, @a/b@npm:~1.1\":\n  version: 1.1.0\n  resolution: x\n\n\"z@npm:c@1\":\n"
        + "  version: 1.0.1\n\n\"demo@workspace:.\":\n  version: 0.0.0-use.local\n")]
    public void yarn_is_read_as_both_write_it(string text)
        => Assert.Equal(
            ["@a/b 1.1.0", "c 1.0.1"],
            Read("yarn.lock", text).Select(static line => line[..line.LastIndexOf(" @", StringComparison.Ordinal)]));

    [Theory]
    [InlineData("lockfileVersion: 5.4\n\npackages:\n\n  /@a/b/1.1.0:\n    dev: true\n\n  /c_d/1.0.1_@x+y@2.0.0:\n    dev: false\n")]
    [InlineData("lockfileVersion: '6.0'\n\npackages:\n\n  /@a/b@1.1.0:\n    dev: true\n\n  /c_d@1.0.1(@x/y@2.0.0):\n    dev: false\n")]
    [InlineData("lockfileVersion: '9.0'\n\npackages:\n\n  '@a/b@1.1.0':\n    resolution: {}\n\n  c_d@1.0.1:\n    x: 1\n\n"
        + "  g@https://x.test/y:\n    x: 1\n\nsnapshots:\n\n  zz@9.9.9: {}\n")]
    public void pnpm_is_read_as_its_versions_write_it(string text)
        => Assert.Equal(["@a/b 1.1.0 @5", "c_d 1.0.1 @8"], Read("pnpm-lock.yaml", text));

    [Fact]
    public void nugets_lock_names_each_version_once_and_no_projects()
        => Assert.Equal(
            ["Newtonsoft.Json 12.0.3 @5"],
            Read("packages.lock.json", """
                {
                  "version": 1,
                  "dependencies": {
                    "net8.0": {
                      "Newtonsoft.Json": { "type": "Direct", "requested": "[12.0.3, )", "resolved": "12.0.3", "contentHash": "x" },
                      "own": { "type": "Project" }
                    },
                    "net9.0": {
                      "Newtonsoft.Json": { "type": "Transitive", "resolved": "12.0.3" }
                    }
                  }
                }
                """));

    [Fact]
    public void a_project_is_read_as_far_as_its_versions_are_written_there()
        => Assert.Equal(
            ["A 1.0.0 @3", "B 2.1.0 @4", "C 3.0.0 @5", "D 4.0.0 @6"],
            Read("a.csproj", """
                <Project Sdk="Microsoft.NET.Sdk">
                  <ItemGroup>
                    <PackageReference Include="A" Version="1.0.0" />
                    <PackageReference Include="B"><Version>2.1</Version></PackageReference>
                    <PackageReference Include="C" VersionOverride="[3.0.0]" />
                    <PackageVersion Include="D" Version="4.0.0" />
                    <PackageReference Include="E" />
                    <PackageReference Include="F" Version="$(FVersion)" />
                    <PackageReference Include="G" Version="1.*" />
                    <PackageReference Include="H" Version="[1.0,2.0)" />
                  </ItemGroup>
                </Project>
                """));

    [Theory]
    [InlineData("package-lock.json", "{")]
    [InlineData("package-lock.json", "[]")]
    [InlineData("package-lock.json", "{}")]
    [InlineData("package-lock.json", """{"packages":[]}""")]
    [InlineData("yarn.lock", "<<<<<<< HEAD\n")]
    [InlineData("pnpm-lock.yaml", "x: 1\n")]
    [InlineData("packages.lock.json", "{}")]
    [InlineData("a.csproj", "<Project>")]
    [InlineData("a.csproj", "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><x>&a;</x>")]
    public void what_is_none_is_refused_in_words(string name, string text)
        => Assert.Throws<LockFormatException>(() => Read(name, text).ToList());

    [Fact]
    public void rubbish_of_every_kind_is_read_or_refused()
    {
        var random = new Random(7);
        foreach (var name in (string[])["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "packages.lock.json", "a.csproj"])
        {
            for (var round = 0; round < 300; round++)
            {
                var text = Mutate(
                    "{\"lockfileVersion\":1,\"dependencies\":{\"a\":{\"version\":\"1.0.0\"}}}\n\"a@1\":\n  version \"1\"\n", random);
                try
                {
                    _ = Read(name, text).ToList();
                }
                catch (LockFormatException)
                {
                    // In words.
                }
            }
        }

        static string Mutate(string text, Random random)
        {
            var letters = new StringBuilder(text);
            for (var i = random.Next(1, 6); i > 0; i--) letters[random.Next(letters.Length)] = "{}[]\":,\n @/1a"[random.Next(13)];
            return letters.ToString();
        }
    }

    [Fact]
    public async Task a_project_beside_its_lock_file_and_what_is_vendored_are_left_out()
    {
        await using var repository = await GitRepository.CreateAsync();
        var commit = await repository.CommitAsync(
            ("Directory.Packages.props", "x"), ("a/a.csproj", "x"), ("a/packages.lock.json", "x"), ("b/b.csproj", "x"),
            ("b/yarn.lock", "x"),
            ("node_modules/c/package-lock.json", "x"), ("d/node_modules/e/yarn.lock", "x"), ("f/go.mod", "x"), ("f/go.sum", "x"),
            ("skipped/yarn.lock", "x"));
        Assert.Equal(
            ["Directory.Packages.props", "a/packages.lock.json", "b/b.csproj", "b/yarn.lock", "f/go.mod"],
            await NamesAsync(repository, commit));
        commit = await repository.CommitAsync(("Directory.Packages.props", "x"), ("a/a.csproj", "x"), ("a/packages.lock.json", "x"));
        Assert.Equal(["a/packages.lock.json"], await NamesAsync(repository, commit));
    }

    private static async Task<IEnumerable<string>> NamesAsync(GitRepository repository, CommitId commit)
    {
        await using var objects = new GitObjects(repository.Path);
        await using var tree = await SourceTree.ReadAsync(objects, commit, repository.Path, TestContext.Current.CancellationToken);
        return [.. LockFiles.Of(tree, PathPatterns.Of(["skipped/"])).Select(static file => file.Entry.Name)];
    }

    private static IEnumerable<string> Read(string name, string text)
        => LockFiles.KindOf(name)!.Read!(text).Select(package => $"{package.Name} {package.Version} @{package.LineIn(text)}");
}
