using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution.RegistryAccess;

namespace Auxo.Pipeline.Execution;

/// <summary>The variables of a step: nothing of Auxo's own environment, a few fixed ones, the step's, and what Auxo tells it.</summary>
internal static class StepEnvironment
{
    public const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Of a step.</summary>
    /// <param name="run">The step.</param>
    /// <param name="home">Its home, as it sees it.</param>
    /// <param name="workspace">Its workspace, as it sees it.</param>
    /// <param name="registry">The registry's address as it reaches it; null for no registry.</param>
    public static Dictionary<string, string> Of(StepRun run, string home, string workspace, string? registry = null)
        => Of(run.BuildId, run.Step, run.Environment, home, workspace, registry is null
            ? null : ClientSettings.Variables(run.Registry!, registry, run.Step.Environment));

    public static Dictionary<string, string> Of(
        Guid buildId, CommandStep step, IReadOnlyDictionary<string, string> given, string home, string workspace,
        IReadOnlyDictionary<string, string>? registry = null)
    {
        var variables = Fixed(home);
        foreach (var (name, value) in registry ?? new Dictionary<string, string>()) variables[name] = value;
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
