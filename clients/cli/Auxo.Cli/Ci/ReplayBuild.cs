using System.CommandLine;

using Auxo.Git;

namespace Auxo.Cli.Ci;

/// <summary><c>auxo ci replay BUILD</c>: the plan of a build's commit once more, here, without the service that ran it.</summary>
internal static class ReplayBuild
{
    public static Command Create(CliHost host)
    {
        var build = BuildArgument.Create();
        var steps = new Option<string[]>("--step") { Description = "Only this step and what it needs; may be repeated" };
        return new Command("replay", "Do once more in this folder what a build did, as if for the same event; nothing is recorded")
        {
            build, steps,
        }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(build), parsed.GetValue(steps) ?? [], ct));
    }

    private static async Task<int> RunAsync(Session session, string text, IReadOnlyList<string> steps, CancellationToken ct)
    {
        var build = await BuildArgument.ResolveAsync(session.Clients.Pipeline, text, ct);
        // Here his own pipeline file would count, and the steps that it has would run with the rights of yours.
        if (build.Trust == "stranger")
            throw new CliException(
                ExitCode.Negative, $"The author of build {build.Short} is not trusted: his steps are not run on your machine by this.",
                "Read the commit; then check it out and say so yourself: auxo ci run");
        var folder = session.Host.WorkingFolder;
        if (await GitCommand.AskAsync(folder, ct, "rev-parse", "--verify", "--quiet", build.Commit + "^{commit}") is null)
            throw new CliException(
                ExitCode.Usage, $"{folder} does not have commit {build.Commit[..7]} of {build.RepositoryName}.",
                build.PatchId is { } patch
                    ? $"Go into a clone of it and fetch: rad patch checkout {patch[..7]}" : "Go into a clone of it and fetch.");
        return await PipelineProgram.RunAsync(
            session,
            ["run", folder, "--commit", build.Commit, "--ref", build.Ref, "--event", build.Trigger == "branch" ? "push" : build.Trigger,
                .. steps.SelectMany(static step => (string[])["--step", step])],
            ct);
    }
}
