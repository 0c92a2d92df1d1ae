using System.CommandLine;
using System.Text.Json;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Ci;

/// <summary><c>auxo ci cancel|approve|rerun BUILD</c></summary>
internal static class ActOnBuild
{
    public static Command Create(CliHost host, string verb, string description)
    {
        var build = BuildArgument.Create();
        return new Command(verb, description) { build }.Does(
            host, (parsed, session, ct) => RunAsync(session, verb, parsed.GetRequiredValue(build), ct));
    }

    private static async Task<int> RunAsync(Session session, string verb, string text, CancellationToken ct)
    {
        var pipeline = session.Clients.Pipeline;
        var build = await BuildArgument.ResolveAsync(pipeline, text, ct);
        var answer = await pipeline.ActAsync(build.Id, verb, ct);
        var after = Read(answer) ?? await pipeline.GetAsync(build.Id, ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(after);
            return ExitCode.Ok;
        }

        terminal.Line(verb switch
        {
            "cancel" => $"Build {build.Short} is being stopped.",
            "approve"
                => $"Build {build.Short} may run, for commit {Words.Short(build.Commit)} and no other. Watch it: auxo "
                    + $"ci logs {build.Short} --follow",
            _ => $"Build {after.Short} runs commit {Words.Short(after.Commit)} again. Watch it: auxo ci logs {after.Short} --follow",
        });
        return ExitCode.Ok;
    }

    /// <summary>The answer is the build, where there is one.</summary>
    private static Build? Read(string? content)
    {
        try
        {
            return string.IsNullOrWhiteSpace(content)
                ? null
                : JsonSerializer.Deserialize<Build>(content, ApiJson.Options) is { Id: not null } build ? build
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
