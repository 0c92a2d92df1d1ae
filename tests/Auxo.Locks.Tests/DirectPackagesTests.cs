using Auxo.Locks.Direct;

namespace Auxo.Locks.Tests;

/// <summary>Which packages of a lock file its own project names.</summary>
public sealed class DirectPackagesTests
{
    private const string Manifest =
        """{"dependencies": {"a": "^1.0.0", "@s/b": "~2.0"}, "devDependencies": {"c": "3"}, "peerDependencies": {"d": "4"}}""";

    [Fact]
    public void npm_says_itself_what_each_of_its_projects_names()
        => Assert.Equal(["a 1.2.0", "@s/b 2.0.1", "c 3.1.0", "a 2.0.0", "real 5.0.0"], Read("package-lock.json", """
            {
              "lockfileVersion": 3,
              "packages": {
                "": {"dependencies": {"a": "^1.0.0", "@s/b": "~2.0", "gone": "1"}, "devDependencies": {"c": "3"},
                     "peerDependencies": {"d": "1"}},
                "apps/web": {"dependencies": {"a": "^2.0.0", "alias": "npm:real@5", "own": "*"}},
                "node_modules/a": {"version": "1.2.0"},
                "node_modules/@s/b": {"version": "2.0.1", "dependencies": {"deep": "1"}},
                "node_modules/c": {"version": "3.1.0"},
                "node_modules/d": {"version": "4.0.0"},
                "node_modules/deep": {"version": "1.0.0"},
                "node_modules/own": {"resolved": "packages/own", "link": true},
                "node_modules/alias": {"name": "real", "version": "5.0.0"},
                "apps/web/node_modules/a": {"version": "2.0.0"}
              }
            }
            """));

    [Fact]
    public void the_first_version_of_npms_lock_needs_the_manifest()
    {
        const string text = """
            {"lockfileVersion": 1, "dependencies": {
              "a": {"version": "1.0.0", "dependencies": {"c": {"version": "9.0.0"}}}, "deep": {"version": "2.0.0"}}}
            """;
        Assert.Equal(["a 1.0.0"], Read("package-lock.json", text, Manifest));
        Assert.Empty(Read("package-lock.json", text));
    }

    [Theory]
    [InlineData("""
        # yarn lockfile v1

        a@^1.0.0, a@^1.1.0:
          version "1.2.0"

        a@^2.0.0:
          version "2.0.0"

        "@s/b@~2.0":
          version "2.0.1"
        """)]
    [InlineData("""
        __metadata:
          version: 8

        "a@npm:^1.0.0, a@npm:^1.1.0":
          version: 1.2.0

        "a@npm:^2.0.0":
          version: 2.0.0

        "@s/b@npm:~2.0":
          version: 2.0.1
        """)]
    public void yarn_has_the_entry_of_the_range_that_the_manifest_asks_for(string text)
        => Assert.Equal(["a 1.2.0", "@s/b 2.0.1"], Read("yarn.lock", text, Manifest));

    [Fact]
    public void bun_says_what_its_projects_name()
        => Assert.Equal(["a 1.2.0"], Read("bun.lock", """
            {
              "lockfileVersion": 1,
              "workspaces": {"": {"name": "x", "dependencies": {"a": "^1.0.0"}, "peerDependencies": {"b": "1"}},},
              "packages": {
                "a": ["a@1.2.0", "", {}, "sha512-x"],
                "b": ["b@2.0.0", "", {}, "sha512-x"],
                "b/a": ["a@0.9.0", "", {}, "sha512-x"],
              }
            }
            """));

    [Theory]
    [InlineData("""
        lockfileVersion: '9.0'

        importers:

          .:
            dependencies:
              a:
                specifier: ^1.0.0
                version: 1.2.0(b@2.0.1)
              '@s/b':
                specifier: ~2.0
                version: 2.0.1
            devDependencies:
              alias:
                specifier: npm:real@5
                version: real@5.0.0
            dependenciesMeta:
              a:
                injected: true

          apps/web:
            dependencies:
              own:
                specifier: workspace:*
                version: link:../own
              there:
                specifier: https://git.example/there
                version: https://git.example/there/tar.gz/1abc

        packages:

          deep@1.0.0:
            resolution: {integrity: sha512-x}
        """)]
    [InlineData("""
        lockfileVersion: '6.0'

        dependencies:
          a:
            specifier: ^1.0.0
            version: 1.2.0(b@2.0.1)
          '@s/b':
            specifier: ~2.0
            version: 2.0.1

        devDependencies:
          alias:
            specifier: npm:real@5
            version: /real@5.0.0

        packages:

          /deep@1.0.0:
            resolution: {integrity: sha512-x}
        """)]
    [InlineData("""
        lockfileVersion: 5.4

        specifiers:
          a: ^1.0.0
          '@s/b': ~2.0
          alias: npm:real@5

        dependencies:
          a: 1.2.0_b@2.0.1
          '@s/b': 2.0.1

        devDependencies:
          alias: /real/5.0.0

        packages:

          /deep/1.0.0:
            resolution: {integrity: sha512-x}
        """)]
    public void pnpm_says_what_its_projects_name(string text)
        => Assert.Equal(["a 1.2.0", "@s/b 2.0.1", "real 5.0.0"], Read("pnpm-lock.yaml", text.ReplaceLineEndings("\n")));

    [Fact]
    public void nuget_says_which_are_direct()
        => Assert.Equal(["Npgsql 9.0.3"], Read("packages.lock.json", """
            {
              "version": 2,
              "dependencies": {
                "net10.0": {
                  "Npgsql": {"type": "Direct", "requested": "[9.0.3, )", "resolved": "9.0.3"},
                  "Deep": {"type": "Transitive", "resolved": "1.0.0"},
                  "own": {"type": "Project"}
                },
                "net9.0": {"Npgsql": {"type": "Direct", "requested": "[9.0.3, )", "resolved": "9.0.3"}}
              }
            }
            """));

    [Fact]
    public void uv_says_what_the_members_of_its_workspace_need()
        => Assert.Equal(["six 1.17.0", "PyYAML 6.0.2", "pytest 8.3.5"], Read("uv.lock", """
            version = 1

            [[package]]
            name = "demo"
            version = "0.1.0"
            source = { virtual = "." }
            dependencies = [{ name = "six" }]

            [package.optional-dependencies]
            yaml = [{ name = "pyyaml" }]

            [package.dev-dependencies]
            dev = [{ name = "pytest" }]

            [[package]]
            name = "six"
            version = "1.17.0"
            source = { registry = "https://pypi.org/simple" }

            [[package]]
            name = "PyYAML"
            version = "6.0.2"
            source = { registry = "https://pypi.org/simple" }

            [[package]]
            name = "pytest"
            version = "8.3.5"
            source = { registry = "https://pypi.org/simple" }
            dependencies = [{ name = "pluggy" }]

            [[package]]
            name = "pluggy"
            version = "1.5.0"
            source = { registry = "https://pypi.org/simple" }
            """));

    [Theory]
    [InlineData("[project]\ndependencies = [\"Six >= 1\", 'ruamel_yaml[jinja2]; python_version > \"3\"']\n")]
    [InlineData("[tool.poetry.dependencies]\npython = '^3'\nSix = '^1'\n[tool.poetry.group.dev.dependencies]\n'ruamel.yaml' = '*'\n")]
    [InlineData("[project]\ndependencies = [\"six\"]\n[dependency-groups]\ndev = [\"ruamel-yaml\", {include-group = \"x\"}]\n")]
    public void poetry_and_the_standards_lock_need_the_manifest(string manifest)
    {
        const string packages = """
            [[packages]]
            name = "six"
            version = "1.17.0"

            [[packages]]
            name = "ruamel.yaml"
            version = "0.18.6"

            [[packages]]
            name = "python"
            version = "3.0"

            [[packages]]
            name = "deep"
            version = "1.0"
            """;
        Assert.Equal(["six 1.17.0", "ruamel.yaml 0.18.6"], Read("pylock.toml", "lock-version = '1.0'\n" + packages, manifest));
        Assert.Equal(
            ["six 1.17.0", "ruamel.yaml 0.18.6"],
            Read("poetry.lock", packages.Replace("[[packages]]", "[[package]]", StringComparison.Ordinal), manifest));
        Assert.Empty(Read("pylock.toml", "lock-version = '1.0'\n" + packages));
    }

    [Fact]
    public void a_pipfile_names_its_packages_and_who_freezes_names_all()
    {
        Assert.Equal(["six 1.17.0"], Read(
            "Pipfile.lock", """{"_meta": {}, "default": {"six": {"version": "==1.17.0"}, "deep": {"version": "==1.0"}}, "develop": {}}""",
            "[packages]\nsix = \"*\"\n[dev-packages]\n"));
        Assert.Equal(["six 1.17.0", "deep 1.0"], Read("requirements.txt", "six==1.17.0\ndeep==1.0\n"));
    }

    [Theory]
    [InlineData("package-lock.json", "{}", null)]
    [InlineData("package-lock.json", "[]", null)]
    [InlineData("yarn.lock", "", "[1]")]
    [InlineData("bun.lock", "{}", null)]
    [InlineData("bun.lock", """{"packages": {}, "workspaces": []}""", null)]
    [InlineData("pnpm-lock.yaml", "a: 1", null)]
    [InlineData("packages.lock.json", "{}", null)]
    [InlineData("packages.lock.json", """{"dependencies": {"net10.0": 3}}""", null)]
    [InlineData("uv.lock", "=", null)]
    [InlineData("poetry.lock", "[metadata]", "=")]
    [InlineData("Pipfile.lock", """{"default": {}}""", "=")]
    public void what_is_no_lock_file_or_manifest_is_refused_in_words(string name, string text, string? manifest)
    {
        if (name == "package-lock.json" && text == "{}") Assert.Empty(Read(name, text));
        else Assert.Throws<LockFormatException>(() => Read(name, text, manifest));
    }

    [Fact]
    public void members_of_another_kind_than_they_should_be_count_as_none()
    {
        Assert.Empty(Read("package-lock.json", """{"packages": {"": {"dependencies": ["a"]}, "x": 3, "node_modules/a": 4}}"""));
        Assert.Empty(Read(
            "uv.lock", "version = 1\n[[package]]\nname = 'x'\nversion = '1'\nsource = {virtual = '.'}\ndependencies = 'six'\n"));
        Assert.Empty(Read("yarn.lock", "a@^1:\n  version \"1.0.0\"\n", """{"dependencies": {"a": 1}}"""));
        Assert.Empty(Read(
            "pnpm-lock.yaml", "lockfileVersion: 9\nimporters:\n  .:\n    dependencies:\n      : x\n        version: 1.0.0\n"));
    }

    private static IEnumerable<string> Read(string name, string text, string? manifest = null)
        => DirectPackages.Of(LockFormat.Find(name)!, text, manifest).Select(static package => $"{package.Name} {package.Version}");
}
