namespace Auxo.Cli.Demo;

/// <summary>The sample repository of the demo: small, and it passes every check.</summary>
internal static class DemoFiles
{
    /// <summary>What a patch breaks and then mends.</summary>
    public const string Script = "scripts/greet.sh";

    private const string Good =
        "#!/usr/bin/env bash\nset -euo pipefail\nname=${1:-world}\nif [ -n \"$name\" ]; then\n    echo \"hello, $name\"\nfi\n";

    /// <summary>Path → content of the first commit.</summary>
    public static IReadOnlyDictionary<string, string> Start { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["README.md"] = "# Demo\n\nGreets whoever is named.\n\n    bash scripts/greet.sh you\n",
        ["LICENSE"] = "Do what you like with it.\n",
        [".gitignore"] = "/out/\n",
        [".auxo/ci.yaml"] =
            """
            steps:
              - name: test
                run: bash tests/greet_test.sh
              - name: package
                run: |
                  mkdir -p out
                  tar -czf out/demo.tar.gz scripts README.md
                artifacts: [out/demo.tar.gz]

            """,
        ["docs/usage.md"] = "# Usage\n\nName somebody, or nobody.\n",
        [Script] = "#!/usr/bin/env bash\nset -euo pipefail\necho \"hello, ${1:-world}\"\n",
        ["tests/greet_test.sh"] = "#!/usr/bin/env bash\nset -euo pipefail\nbash scripts/greet.sh you | grep -q 'hello, you'\n",
    };

    /// <summary>The patch as it was pushed first: an <c>if</c> without its end.</summary>
    public static IReadOnlyDictionary<string, string> Broken { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Script] = Good.Replace("fi\n", "", StringComparison.Ordinal),
    };

    /// <summary>Its next revision.</summary>
    public static IReadOnlyDictionary<string, string> Mended { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Script] = Good,
    };

    /// <summary>Writes them; scripts can be run.</summary>
    public static void Write(string tree, IReadOnlyDictionary<string, string> files)
    {
        foreach (var (path, content) in files)
        {
            var file = Path.Combine(tree, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
            if (path.EndsWith(".sh", StringComparison.Ordinal) && !OperatingSystem.IsWindows()) File.SetUnixFileMode(
                file, (UnixFileMode)0b111_101_101);
        }
    }
}
