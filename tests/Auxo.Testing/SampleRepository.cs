namespace Auxo.Testing;

/// <summary>A small repository that passes every built-in check, with one step of its own.</summary>
public static class SampleRepository
{
    /// <summary>A step that needs nothing and leaves a mark in its log.</summary>
    public const string Pipeline =
        """
        steps:
          - name: hello
            run: bash scripts/hello.sh
        """;

    /// <summary>Path → content.</summary>
    /// <param name="pipeline">Its <c>.auxo/ci.yaml</c>.</param>
    public static Dictionary<string, string> Files(string pipeline = Pipeline) => new(StringComparer.Ordinal)
    {
        [".auxo/ci.yaml"] = pipeline,
        [".gitignore"] = "/out/\n",
        ["README.md"] = "# Demo\n\n## Usage\n\n    bash scripts/hello.sh\n",
        ["docs/usage.md"] = "# Usage\n\nRun the script.\n",
        ["scripts/hello.sh"] = "#!/usr/bin/env bash\nset -euo pipefail\necho \"hello from the step\"\n",
        ["tests/hello_test.sh"] = "#!/usr/bin/env bash\nset -euo pipefail\nbash scripts/hello.sh | grep -q hello\n",
    };
}
