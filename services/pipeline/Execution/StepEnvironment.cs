using Auxo.Pipeline.Definitions;

namespace Auxo.Pipeline.Execution;

/// <summary>The variables of a step: nothing of Auxo's own environment, a few fixed ones, the step's, and what Auxo tells it.</summary>
internal static class StepEnvironment
{
    public const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static Dictionary<string, string> Of(StepRun run, string home, string workspace)
        => Of(run.BuildId, run.Step, run.Environment, home, workspace);

    public static Dictionary<string, string> Of(
        Guid buildId, CommandStep step, IReadOnlyDictionary<string, string> given, string home, string workspace)
    {
        var variables = Fixed(home);
        variables["AUXO_BUILD_ID"] = buildId.ToString();
        variables["AUXO_STEP"] = step.Name;
        variables["AUXO_WORKSPACE"] = workspace;
        foreach (var (name, value) in step.Environment) variables[name] = value;
        foreach (var (name, value) in given) variables[name] = value;
        return variables;
    }

    /// <summary>What every step begins with.</summary>
    public static Dictionary<string, string> Fixed(string home) => new(StringComparer.Ordinal)
    {
        ["CI"] = "true", ["AUXO"] = "true", ["HOME"] = home, ["USER"] = "step", ["LOGNAME"] = "step", ["SHELL"] = "/bin/bash",
        ["PATH"] = SearchPath, ["TMPDIR"] = "/tmp", ["LANG"] = "C.UTF-8", ["TERM"] = "dumb",
    };

    /// <summary>The working directory as the step sees it.</summary>
    public static string Folder(string workspace, CommandStep step)
        => step.WorkingDirectory is { Length: > 0 } folder ? $"{workspace}/{folder.TrimStart('/')}" : workspace;
}
