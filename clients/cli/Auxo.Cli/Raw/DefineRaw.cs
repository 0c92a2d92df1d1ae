using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Raw;

/// <summary><c>auxo raw define NAME</c> and <c>auxo raw remove NAME</c></summary>
internal static class DefineRaw
{
    public static Command Create(CliHost host)
    {
        var name = new Argument<string>("name") { Description = "1 to 64 of a-z, 0-9, '.', '_' and '-'" };
        var quota = new Option<long?>("--quota")
        {
            Description = "What its files may have together, such as 500MiB or 10GiB (default 10GiB)", CustomParser = ByteSize.Parse,
        };
        var immutable = new Option<bool?>("--immutable")
        {
            Description = "No file is ever replaced, as for releases (--immutable false takes it back)",
        };
        return new Command("define", "Make a raw repository, or change its limits") { name, quota, immutable }.Does(
            host, async (parsed, session, ct) =>
        {
            var defined = await session.Clients.Registry.DefineRepositoryAsync(
                parsed.GetRequiredValue(name), new RepositoryDefinition(parsed.GetValue(quota), parsed.GetValue(immutable)), ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(defined);
            else
            {
                session.Terminal.Line(
                    $"[green]✓[/] [bold]{Terminal.Safe(defined.Name)}[/] holds {Amounts.Size(defined.QuotaBytes)} at "
                        + $"most{(defined.Immutable ? "; no file in it is ever replaced" : "")}.");
                session.Terminal.Line(
                    $"  [dim]Put something in: auxo raw put {Terminal.Safe(defined.Name)} FILE. A token for a program: "
                        + $"auxo token create NAME --scope registry:write:{Terminal.Safe(defined.Name)}[/]");
            }

            return ExitCode.Ok;
        });
    }

    public static Command CreateRemove(CliHost host)
    {
        var name = RawCommand.Repository();
        return new Command("remove", "Remove a raw repository that has no file in it") { name }.Does(host, async (parsed, session, ct) =>
        {
            await session.Clients.Registry.RemoveRepositoryAsync(parsed.GetRequiredValue(name), ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(new { removed = parsed.GetRequiredValue(name) });
            else session.Terminal.Line($"{Terminal.Safe(parsed.GetRequiredValue(name))} is gone.");
            return ExitCode.Ok;
        });
    }
}
