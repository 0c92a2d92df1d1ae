using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Mirrors;

/// <summary><c>auxo mirror refresh [REPOSITORY]</c> and <c>auxo mirror forget REPOSITORY KEY</c></summary>
internal static class RefreshMirror
{
    public static Command Create(CliHost host)
    {
        var repository = new Argument<string?>("repository") {
            Description = "One mirror; without it, all", Arity = ArgumentArity.ZeroOrOne };
        return new Command("refresh", "Ask upstream now about all that is used") { repository }.Does(host, async (parsed, session, ct) =>
        {
            var names = parsed.GetValue(repository) is { } one
                ? [one] : (await session.Clients.Registry.MirrorsAsync(ct)).Items.Select(static m => m.Repository).ToList();
            var results = new List<object>();
            var failed = false;
            foreach (var name in names)
            {
                var result = await session.Clients.Registry.RefreshMirrorAsync(name, ct);
                failed |= result.Failed > 0;
                results.Add(new { repository = name, result.Asked, result.Changed, result.Failed, result.Failure });
                if (session.Terminal.Json) continue;
                session.Terminal.Line(result.Failed > 0
                    ? $"[red]✗[/] {Terminal.Safe(name)}: upstream cannot be asked: {Terminal.Safe(result.Failure ?? "no answer")}. "
                        + "What is kept is served as it is."
                    : $"[green]✓[/] {Terminal.Safe(name)}: lists asked for: {result.Asked}, changed: {result.Changed}.");
            }

            if (session.Terminal.Json) session.Terminal.WriteJson(new { items = results });
            return failed ? ExitCode.Negative : ExitCode.Ok;
        });
    }

    public static Command CreateForget(CliHost host)
    {
        var (repository, key) = (MirrorCommand.Repository(), new Argument<string>("key") { Description = "What it is kept under" });
        return new Command("forget", "Let one thing go, so that it is fetched anew") { repository, key }.Does(
            host, async (parsed, session, ct) =>
        {
            await session.Clients.Registry.ForgetMirroredAsync(parsed.GetRequiredValue(repository), parsed.GetRequiredValue(key), ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(new { forgotten = parsed.GetRequiredValue(key) });
            else session.Terminal.Line($"{Terminal.Safe(parsed.GetRequiredValue(key))} is fetched anew when somebody asks for it.");
            return ExitCode.Ok;
        });
    }
}
