using System.CommandLine;

namespace Auxo.Cli.Ci;

/// <summary>
/// <c>auxo ci run|plan|lint|convert|schema</c>: what the pipeline says of a working tree, without any service. The pipeline's own
/// program does it, so it is what a build does.
/// </summary>
internal static class LocalPipeline
{
    public static Command CreateRun(CliHost host)
    {
        var (path, cause, from) = Options();
        var steps = new Option<string[]>("--step") { Description = "Only this step and what it needs; may be repeated" };
        return new Command("run", "Do with the working tree what a build would do, without any service; exit code 1 unless it would pass")
        {
            path, steps, cause, from,
        }
            .Does(host, (parsed, session, ct) => PipelineProgram.RunAsync(
                session,
                ["run", PipelineProgram.Folder(session, parsed.GetRequiredValue(path)), .. Given("--event", parsed.GetValue(cause)),
                    .. Given("--base", parsed.GetValue(from)),
                    .. (parsed.GetValue(steps) ?? []).SelectMany(static step => Given("--step", step))],
                ct));
    }

    public static Command CreatePlan(CliHost host)
    {
        var (path, cause, from) = Options();
        return new Command("plan", "Show which steps of the working tree would run, in which order, and why not the others")
        {
            path, cause, from,
        }
            .Does(host, (parsed, session, ct) => PipelineProgram.RunAsync(
                session,
                ["plan", PipelineProgram.Folder(session, parsed.GetRequiredValue(path)), .. Given("--event", parsed.GetValue(cause)),
                    .. Given("--base", parsed.GetValue(from))],
                ct));
    }

    public static Command CreateLint(CliHost host)
    {
        var path = new Argument<string>("path") { Description = "A folder, or a pipeline file", DefaultValueFactory = static _ => "." };
        return new Command("lint", "Say what is wrong in the pipeline file, with line and column; exit code 1 for an error") { path }
            .Does(host, (parsed, session, ct) => PipelineProgram.RunAsync(
                session, ["lint", PipelineProgram.Folder(session, parsed.GetRequiredValue(path))], ct));
    }

    public static Command CreateConvert(CliHost host)
    {
        var path = new Argument<string>("file") { Description = "It, or a folder that has one", DefaultValueFactory = static _ => "." };
        return new Command(
            "convert", "Print the pipeline file that does what a file of Woodpecker, GitHub, Forgejo or Radicle's adapters does") { path }
            .Does(host, (parsed, session, ct) => PipelineProgram.RunAsync(
                session, ["convert", PipelineProgram.Folder(session, parsed.GetRequiredValue(path))], ct));
    }

    public static Command CreateSchema(CliHost host)
        => new Command("schema", "Print the JSON Schema of the pipeline file, for editors")
            .Does(host, static (_, session, ct) => PipelineProgram.RunAsync(session, ["schema"], ct));

    private static (Argument<string> Path, Option<string?> Cause, Option<string?> From) Options()
    {
        var cause = new Option<string?>("--event") { Description = "As if by patch (the default), push, tag, manual or schedule" };
        cause.AcceptOnlyFromAmong("patch", "push", "tag", "manual", "schedule");
        return (
            new Argument<string>("path") { Description = "A folder of a work tree", DefaultValueFactory = static _ => "." }, cause,
            new Option<string?>("--base")
            {
                Description = "The commit that it is compared with, as git names it; by default the upstream branch, else the default one",
            });
    }

    private static IReadOnlyList<string> Given(string option, string? value) => value is null ? [] : [option, value];
}
