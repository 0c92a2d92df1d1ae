using System.Text;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Searching;

/// <summary>Which files are searched for secrets, and how they are read.</summary>
internal static class SecretFiles
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>Generated, and full of hashes that are no secrets.</summary>
    private static readonly PathPatterns Generated = PathPatterns.Of(
        ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "Cargo.lock",
            "poetry.lock", "uv.lock", "Pipfile.lock", "composer.lock",
            "Gemfile.lock", "go.sum", "packages.lock.json", "flake.lock", "mix.lock", "pubspec.lock", "*.min.js",
            "*.min.css", "*.map", "*.svg", "*.sum"]);

    /// <summary>A name and a value, no program.</summary>
    private static readonly PathPatterns Configuration = PathPatterns.Of(
        ["*.yaml", "*.yml", "*.properties", "*.ini", "*.cfg", "*.conf", "*.config", "*.cnf", "*.toml", "*.tfvars",
            "*.env", ".env", ".env.*", "*.netrc", ".npmrc", ".pypirc", ".pgpass", "credentials", ".credentials", ".my.cnf",
            "*.secret", "*.secrets"]);

    private static readonly PathPatterns Documentation = PathPatterns.Of(["*.md", "*.rst", "*.adoc", "*.asciidoc"]);

    private static readonly Regex KubernetesKind = new(
        @"^[ \t-]*[""']?kind[""']?:[ \t]*[""']?(?<k>Secret|SealedSecret)[""']?[ \t]*,?[ \t]*\r?$",
        Linear | RegexOptions.Multiline);
    private static readonly Regex Encoded = new(
        @"^(?<n>[ \t]+[""']?[\w./-]+[""']?:[ \t]*[""']?)(?<s>[A-Za-z0-9+/]{8,}={0,2})(?<e>[""']?[ \t]*,?[ \t]*\r?)$",
        Linear);

    /// <summary>True for a file that a program wrote, such as a lock file.</summary>
    public static bool IsGenerated(string path) => Generated.Match(path);

    /// <summary>True for a page that people read.</summary>
    public static bool IsDocumentation(string path) => Documentation.Match(path);

    /// <summary>True for a file in which an unquoted value is a value.</summary>
    public static bool IsConfiguration(string path) => Configuration.Match(path);

    /// <summary>True for JSON that may be a Kubernetes Secret.</summary>
    public static bool MayHoldSecret(ReadOnlySpan<byte> content, string path)
        => path.EndsWith(".json", StringComparison.Ordinal) && content.IndexOf("Secret\""u8) >= 0;

    /// <summary>
    /// A Kubernetes Secret (YAML, or JSON with a value to a line) with its values as they were before base64, each still on its
    /// line; what is sealed for a cluster's key is taken out, for it is made to be published. Any other text is given back as it is.
    /// </summary>
    public static string Unwrap(string text)
    {
        if (!text.Contains("Secret", StringComparison.Ordinal)) return text;
        if (KubernetesKind.Match(text) is not { Success: true } kind) return text;
        var isSealed = kind.Groups["k"].Value == "SealedSecret";
        var (lines, inData) = (text.Split('\n'), false);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.EndsWith(':') || line.EndsWith('{'))
                inData = line is "data:" or "encryptedData:" or "\"data\": {" or "\"encryptedData\": {";
            if (!inData || Encoded.Match(lines[i]) is not { Success: true } match) continue;
            lines[i] = match.Groups["n"].Value + (isSealed ? "" : Decoded(match.Groups["s"].Value)) + match.Groups["e"].Value;
        }

        return string.Join('\n', lines);
    }

    private static string Decoded(string value)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(value)).Replace("\n", "\\n", StringComparison.Ordinal);
        }
        catch (FormatException)
        {
            return value;
        }
    }
}
