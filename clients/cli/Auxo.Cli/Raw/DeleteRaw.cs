using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Raw;

/// <summary><c>auxo raw delete REPOSITORY NAME…</c></summary>
internal static class DeleteRaw
{
    public static Command Create(CliHost host)
    {
        var repository = RawCommand.Repository();
        var names = new Argument<string[]>("name") { Description = "Their names there", Arity = ArgumentArity.OneOrMore };
        return new Command("delete", "Delete files; what else refers to the same content keeps it") { repository, names }.Does(
            host, async (parsed, session, ct) =>
        {
            foreach (var name in parsed.GetRequiredValue(names))
            {
                using var response = await session.Clients.Http("registry")
                    .DeleteAsync(RawCommand.Address(parsed.GetRequiredValue(repository), name), ct);
                if (!session.Terminal.Json) session.Terminal.Line($"{Terminal.Safe(name)} is gone.");
            }

            if (session.Terminal.Json) session.Terminal.WriteJson(new { deleted = parsed.GetRequiredValue(names) });
            return ExitCode.Ok;
        });
    }
}
