using System.Text.RegularExpressions;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Converting;

/// <summary>A workflow of Woodpecker, or of Drone's first form.</summary>
internal sealed partial class WoodpeckerFile
{
    private readonly Converted _converted = new();

    /// <summary>Some step says what it waits for.</summary>
    private bool _isGraph;

    /// <summary>Reads it.</summary>
    public static Converted Read(YamlMappingNode top)
    {
        var file = new WoodpeckerFile();
        file.Top(top);
        return file._converted;
    }

    private void Top(YamlMappingNode top)
    {
        var conditions = Conditions(top.At("when"));
        foreach (var (key, name, value) in top.Pairs())
        {
            switch (key)
            {
                case "steps" or "pipeline":
                    Steps(value);
                    break;
                case "services":
                    _converted.Note(
                        name, "services: name them in 'services' of each step that needs them, and give such a step an 'image' too");
                    break;
                case "when" or "matrix" or "variables" or "labels" or "skip_clone" or "clone" or "workspace":
                    break;
                default:
                    _converted.Note(name, $"'{key}' is left out");
                    break;
            }
        }

        var matrix = top.At("matrix");
        foreach (var step in _converted.Steps)
        {
            if (step.If.Count == 0) step.If = conditions;
            foreach (var (key, _, values) in matrix.Pairs().Where(static pair => pair.Key != "include"))
                step.Matrix[key] = values.Texts();
        }

        if (matrix.At("include") is { } include) _converted.Note(include, "'include' of the matrix: write it into each step's matrix");
        // With one of them, who names none begins at once; without, each waits for the one before it.
        if (_isGraph)
            foreach (var step in _converted.Steps) step.Needs ??= [];
    }

    private void Steps(YamlNode node)
    {
        var steps = node is YamlSequenceNode list
            ? list.Children.Select(static (step, i) => (Name: step.At("name").Text() ?? $"step-{i + 1}", Step: step))
            : node.Pairs().Select(static pair => (Name: pair.Key, Step: pair.Value));
        foreach (var (name, step) in steps) Step(name, step);
    }

    private void Step(string name, YamlNode node)
    {
        var step = new ConvertedStep(name);
        foreach (var (key, at, value) in node.Pairs())
        {
            switch (key)
            {
                case "name" or "pull":
                    break;
                case "image":
                    step.Image = value.Text();
                    break;
                case "commands":
                    step.Commands.AddRange(value.Texts().Select(Variables));
                    break;
                case "environment":
                    Environment(step, value);
                    break;
                case "secrets":
                    foreach (var secret in value.Texts()) step.Secrets.Add(secret.ToUpperInvariant());
                    break;
                case "depends_on":
                    step.Needs = value.Texts();
                    _isGraph = true;
                    break;
                case "directory":
                    step.Folder = value.Text();
                    break;
                case "failure" when value.Text() == "ignore":
                    step.IgnoresFailure = true;
                    break;
                case "when":
                    step.If = Conditions(value);
                    break;
                default:
                    _converted.Note(at, $"'{key}' of step '{name}' is left out");
                    break;
            }
        }

        if (step.Commands.Count > 0) _converted.Steps.Add(step);
        else _converted.Note(node, $"step '{name}' is a plugin: write what it does as commands");
    }

    private void Environment(ConvertedStep step, YamlNode node)
    {
        foreach (var (name, at, value) in node.Pairs())
        {
            if (value.Text() is { } text) step.Environment[name] = text;
            else if (value.At("from_secret").Text() is { } secret)
            {
                step.Secrets.Add(name);
                if (secret != name) _converted.Note(at, $"the secret '{secret}' is called {name} here: auxo secret set {name}");
            }
            else
            {
                _converted.Note(at, $"the value of {name} is left out");
            }
        }

        foreach (var pair in node is YamlSequenceNode ? node.Texts() : [])
            if (pair.Split('=', 2) is [var name, var text]) step.Environment[name] = text;
    }

    private List<Dictionary<string, List<string>>> Conditions(YamlNode? node)
    {
        var conditions = new List<Dictionary<string, List<string>>>();
        foreach (var item in node is YamlSequenceNode list ? list.Children : node is null ? [] : [node])
        {
            var condition = new Dictionary<string, List<string>>(StringComparer.Ordinal);
            foreach (var (key, at, value) in item.Pairs())
            {
                var texts = (value.At("include") ?? value).Texts();
                List<string> words = key switch
                {
                    "event" => [.. texts.Select(Event).OfType<string>()],
                    "branch" => texts,
                    "path" => [.. texts, .. value.At("exclude").Texts().Select(static path => "!" + path)],
                    _ => [],
                };
                if (words.Count > 0) condition[key == "path" ? "paths" : key] = words;
                else _converted.Note(at, $"the condition '{key}' is left out");
            }

            if (condition.Count > 0) conditions.Add(condition);
        }

        return conditions;
    }

    private static string? Event(string name)
        => name switch
        {
            "push" or "tag" or "manual" => name,
            "pull_request" => "patch",
            "cron" => "schedule",
            _ => null,
        };

    /// <summary>The names that commands use of Woodpecker's own variables.</summary>
    private static string Variables(string command)
        => Own().Replace(command, static match => match.Value switch
        {
            "CI_COMMIT_SHA" => "AUXO_COMMIT",
            "CI_COMMIT_BRANCH" or "CI_COMMIT_REF" => "AUXO_REF",
            "CI_REPO_NAME" or "CI_REPO" => "AUXO_REPOSITORY",
            _ => "AUXO_WORKSPACE",
        });

    [GeneratedRegex(@"\b(CI_COMMIT_SHA|CI_COMMIT_BRANCH|CI_COMMIT_REF|CI_REPO_NAME|CI_REPO|CI_WORKSPACE)\b",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Own();
}
