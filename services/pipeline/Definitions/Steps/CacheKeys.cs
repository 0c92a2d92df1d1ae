using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Yaml;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>Reads the key <c>cache</c> of a step: one cache, or a list of them.</summary>
internal static class CacheKeys
{
    private const string Home = "~/";

    /// <summary>Reads it; one with paths in the workspace and in the home is two.</summary>
    public static IReadOnlyList<StepCache> Read(YamlKeys yaml, YamlNode node)
        => [.. (node is YamlSequenceNode list ? list.Children : [node]).SelectMany(item => One(yaml, item))];

    private static IEnumerable<StepCache> One(YamlKeys yaml, YamlNode node)
    {
        var keys = yaml.Keys(node, "key", "paths", "fallback");
        if (!keys.TryGetValue("key", out var made) || !keys.TryGetValue("paths", out var kept))
        {
            yaml.Problem(node, "a cache needs 'key', patterns of the files that it is made of, and 'paths', what is kept");
            yield break;
        }

        var key = FilePatterns.Read(yaml, made, "key", "pattern");
        var newest = keys.TryGetValue("fallback", out var fallback) && yaml.Words(fallback, "fallback", "newest") is ["newest"];
        var paths = yaml.Texts(kept, "paths").Where(static path => path.Length > 0).ToList();
        foreach (var path in paths)
        {
            var wrong = path.IndexOfAny(['*', '?', '[']) >= 0 ? "is a pattern; name folders and files"
                : ArtifactNames.RefusePattern(Relative(path)) is { } refusal ? refusal
                : Relative(path).StartsWith('-') ? "begins with '-'"
                : null;
            if (wrong is not null) yaml.Problem(kept, $"the path '{PlainText.OneLine(path, 80)}' {wrong}");
        }

        foreach (var group in paths.GroupBy(static path => path.StartsWith(Home, StringComparison.Ordinal)))
            yield return new StepCache(key, [.. group.Select(Relative)], group.Key, newest);
    }

    private static string Relative(string path)
        => ArtifactNames.NormalPattern(path.StartsWith(Home, StringComparison.Ordinal) ? path[Home.Length..] : path).TrimEnd('/');
}
