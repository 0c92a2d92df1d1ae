using System.Globalization;
using System.Text.RegularExpressions;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Converting;

/// <summary>A workflow of GitHub or Forgejo: each job becomes a step, since the parts of a job share one shell's machine.</summary>
internal sealed partial class GitHubWorkflow
{
    private readonly Converted _converted = new();

    /// <summary>Reads it.</summary>
    public static Converted Read(YamlMappingNode top)
    {
        var workflow = new GitHubWorkflow();
        workflow.Top(top);
        return workflow._converted;
    }

    private void Top(YamlMappingNode top)
    {
        foreach (var (key, name, value) in top.Pairs())
        {
            switch (key)
            {
                case "env":
                    foreach (var (variable, at, text) in value.Pairs())
                    {
                        if (text.Text() is not { } plain || plain.Contains("${{", StringComparison.Ordinal))
                            _converted.Note(at, $"the value of {variable} is left out");
                        else _converted.Environment[variable] = plain;
                    }

                    break;
                case "name" or "run-name" or "permissions" or "on" or "jobs":
                    break;
                case "concurrency":
                    _converted.Note(
                        name, "'concurrency': a newer commit of a branch ends the older build here; 'concurrency: queue' keeps all");
                    break;
                default:
                    _converted.Note(name, $"'{key}' is left out");
                    break;
            }
        }

        var conditions = Events(top.At("on"));
        foreach (var (name, _, job) in top.At("jobs").Pairs()) Job(name, job, conditions);
        var left = _converted.Steps.Select(static step => step.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var step in _converted.Steps) step.Needs!.RemoveAll(need => !left.Contains(need));
    }

    private List<Dictionary<string, List<string>>> Events(YamlNode? on)
    {
        var conditions = new List<Dictionary<string, List<string>>>();
        var events = on is YamlMappingNode ? on.Pairs()
            : on.Texts().Select(name => (Key: name, Name: on!, Value: (YamlNode)new YamlScalarNode("")));
        foreach (var (key, at, value) in events)
        {
            switch (key)
            {
                case "push":
                    if (value.At("tags") is not null) conditions.Add(new() { ["event"] = ["tag"], ["branch"] = value.At("tags").Texts() });
                    if (value.At("tags") is null || value.At("branches") is not null) conditions.Add(Condition("push", value));
                    break;
                case "pull_request" or "pull_request_target":
                    conditions.Add(Condition("patch", value));
                    break;
                case "workflow_dispatch":
                    conditions.Add(new() { ["event"] = ["manual"] });
                    break;
                case "schedule" when value is YamlSequenceNode times:
                    _converted.Schedules.AddRange(times.Children.Select(static time => time.At("cron").Text()).OfType<string>());
                    conditions.Add(new() { ["event"] = ["schedule"] });
                    break;
                default:
                    _converted.Note(at, $"the event '{key}' is left out");
                    break;
            }
        }

        // Without an 'if', a step is for all of them.
        string[] usual = ["push", "patch"];
        return usual.All(word => conditions.Exists(condition => condition.Count == 1 && condition["event"].Contains(word)))
            ? [] : conditions;
    }

    private Dictionary<string, List<string>> Condition(string word, YamlNode node)
    {
        var condition = new Dictionary<string, List<string>>(StringComparer.Ordinal) { ["event"] = [word] };
        foreach (var (key, at, value) in node.Pairs())
        {
            if (key == "branches" && word == "push") condition["branch"] = value.Texts();
            else if (key == "paths") condition["paths"] = value.Texts();
            else if (key == "paths-ignore") condition["paths"] = ["**", .. value.Texts().Select(static path => "!" + path)];
            else if (key is not ("types" or "tags" or "branches")) _converted.Note(at, $"'{key}' of the event is left out");
        }

        return condition;
    }

    private void Job(string name, YamlNode job, List<Dictionary<string, List<string>>> conditions)
    {
        var step = new ConvertedStep(name) { Needs = [], If = conditions };
        var folder = job.At("defaults").At("run").At("working-directory").Text();
        foreach (var (key, at, value) in job.Pairs())
        {
            switch (key)
            {
                case "name" or "steps" or "permissions" or "outputs" or "defaults":
                    break;
                case "runs-on":
                    if (value.Texts().Exists(static on
                        => on.Contains("windows", StringComparison.Ordinal) || on.Contains("macos", StringComparison.Ordinal)))
                        _converted.Note(at, $"job '{name}' runs on '{string.Join(", ", value.Texts())}' there, and on this machine here");
                    break;
                case "needs":
                    step.Needs = value.Texts();
                    break;
                case "if":
                    If(step, at, value.Text() ?? "");
                    break;
                case "container":
                    step.Image = value.Text() ?? value.At("image").Text();
                    break;
                case "env":
                    foreach (var (variable, _, text) in value.Pairs()) Variable(step, variable, text, step.Environment);
                    break;
                case "timeout-minutes" when int.TryParse(value.Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes):
                    step.Minutes = minutes;
                    break;
                case "continue-on-error":
                    step.IgnoresFailure = value.Text() == "true";
                    break;
                case "strategy":
                    Matrix(step, value);
                    break;
                case "services":
                    _converted.Note(
                        at, "services: name them in 'services' of each step that needs them, and give such a step an 'image' too");
                    break;
                default:
                    _converted.Note(at, $"'{key}' of job '{name}' is left out");
                    break;
            }
        }

        if (job.At("steps") is YamlSequenceNode parts) foreach (var part in parts.Children) Part(step, part, folder);
        if (step.Commands.Count > 0) _converted.Steps.Add(step);
        else _converted.Note(job, $"job '{name}' has no command of its own and is left out");
    }

    private void If(ConvertedStep step, YamlNode at, string expression)
    {
        if (expression.Contains("always()", StringComparison.Ordinal)) step.When = "any";
        else if (expression.Contains("failure()", StringComparison.Ordinal)) step.When = "failed";
        else if (OnBranch().Match(expression) is { Success: true } match)
            step.If = [new(StringComparer.Ordinal) { ["event"] = ["push"], ["branch"] = [match.Groups["branch"].Value] }];
        else _converted.Note(at, $"the condition of job '{step.Name}' is left out: {expression}");
    }

    private void Matrix(ConvertedStep step, YamlNode strategy)
    {
        foreach (var (key, at, value) in strategy.At("matrix").Pairs())
        {
            if (key is "os" or "platform" && value.Texts().Exists(static text => text.Contains('-', StringComparison.Ordinal)))
                _converted.Note(at, $"the matrix of job '{step.Name}' has several machines; here all run on this one");
            else if (key is "include" or "exclude" || value is not YamlSequenceNode || value.Texts().Count == 0)
                _converted.Note(at, $"'{key}' of the matrix of job '{step.Name}' is left out");
            else step.Matrix[Name(key)] = value.Texts();
        }
    }

    private void Part(ConvertedStep step, YamlNode part, string? folder)
    {
        if (part.At("uses").Text() is { } action)
        {
            Action(step, part, action);
            return;
        }

        if (part.At("run").Text() is not { } script) return;
        if (part.At("if") is { } condition) _converted.Note(condition, $"a command's condition is left out: {condition.Text()}");
        if (part.At("shell").Text() is { } shell && shell is not ("bash" or "sh"))
            _converted.Note(part, $"a command for {shell} is taken as one of the shell");
        var lines = new List<string>();
        foreach (var (variable, _, value) in part.At("env").Pairs())
        {
            var own = new Dictionary<string, string>(StringComparer.Ordinal);
            Variable(step, variable, value, own);
            lines.AddRange(own.Select(static pair => $"export {pair.Key}={Execution.StepScript.Quote(pair.Value)}"));
        }

        if ((part.At("working-directory").Text() ?? folder) is { } place) lines.Add($"cd {Execution.StepScript.Quote(place)}");
        if (Files().IsMatch(script))
            _converted.Note(part, "GITHUB_ENV, GITHUB_OUTPUT and GITHUB_PATH are not there: set variables in the step");
        var text = Expressions(step, part, script.TrimEnd());
        if (part.At("continue-on-error").Text() == "true") text = $"{{\n{text}\n}} || true";
        // Each command there has a shell of its own: what it sets and where it goes ends with it.
        step.Commands.Add(lines.Count == 0 && !Moves().IsMatch(text) ? text : $"(\n{string.Join('\n', [.. lines, text])}\n)");
    }

    private void Action(ConvertedStep step, YamlNode part, string action)
    {
        var name = action.Split('@')[0];
        switch (name)
        {
            case "actions/checkout":
                if (part.At("with").At("submodules").Text() is { } modules and not "false")
                    _converted.Note(part, $"submodules are not fetched ('{modules}')");
                break;
            case "actions/upload-artifact":
                step.Artifacts.AddRange((part.At("with").At("path").Text() ?? "")
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                break;
            case "actions/cache":
                _converted.Note(part, "actions/cache: write 'cache: { key: [its files], paths: [what is kept] }' into the step");
                break;
            default:
                _converted.Note(part, name.Contains("/setup-", StringComparison.Ordinal)
                    ? $"{action}: install it on the machine, or give the step an image that has it"
                    : $"{action}: write what it does as commands");
                break;
        }
    }

    private void Variable(ConvertedStep step, string name, YamlNode value, Dictionary<string, string> into)
    {
        if (value.Text() is not { } text) return;
        if (Secret().Match(text) is { Success: true } secret)
        {
            step.Secrets.Add(name);
            if (secret.Groups["name"].Value != name)
                _converted.Note(value, $"the secret '{secret.Groups["name"].Value}' is called {name} here: auxo secret set {name}");
        }
        else if (text.Contains("${{", StringComparison.Ordinal)) _converted.Note(value, $"the value of {name} is left out: {text}");
        else into[name] = text;
    }

    /// <summary>What stands between <c>${{</c> and <c>}}</c> comes from the environment here, and is no text of the script.</summary>
    private string Expressions(ConvertedStep step, YamlNode at, string script)
        => Expression().Replace(script, match =>
        {
            var words = match.Groups["it"].Value.Trim();
            var dot = words.IndexOf('.', StringComparison.Ordinal);
            var (context, name) = dot < 0 ? (words, "") : (words[..dot], words[(dot + 1)..]);
            switch (context)
            {
                case "secrets":
                    step.Secrets.Add(name);
                    return $"${{{name}}}";
                case "matrix" or "env":
                    return $"${{{(context == "env" ? name : Name(name))}}}";
            }

            if (words switch
            {
                "github.sha" => "AUXO_COMMIT",
                "github.ref" or "github.ref_name" or "github.head_ref" => "AUXO_REF",
                "github.repository" => "AUXO_REPOSITORY",
                "github.workspace" => "AUXO_WORKSPACE",
                "runner.temp" => "TMPDIR",
                _ => null,
            } is { } variable) return $"${{{variable}}}";
            _converted.Note(at, $"an expression in a command has no counterpart: {words}");
            return match.Value;
        });

    private static string Name(string key)
        => string.Concat(key.Select(static c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));

    [GeneratedRegex(@"\$\{\{(?<it>.*?)\}\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Expression();

    [GeneratedRegex(@"^\$\{\{\s*secrets\.(?<name>\w+)\s*\}\}\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Secret();

    /// <summary>How nearly every workflow says that a job deploys: without it the step would run for patches, too.</summary>
    [GeneratedRegex(
        @"^\s*(\$\{\{)?\s*(github\.event_name\s*==\s*'push'\s*&&\s*)?github\.ref\s*==\s*'refs/heads/(?<branch>[\w./-]+)'"
            + @"(\s*&&\s*github\.event_name\s*==\s*'push')?\s*(\}\})?\s*\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex OnBranch();

    [GeneratedRegex("GITHUB_(ENV|OUTPUT|PATH)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Files();

    [GeneratedRegex(@"^\s*(cd|export|set|source|\.)\s",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Moves();
}
