using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Contracts;

namespace Auxo.Cli.Repositories;

/// <summary><c>auxo repo trust|distrust REPOSITORY DID</c>: whose own pipeline file and steps may run without an approval.</summary>
internal static class TrustAuthor
{
    public static Command Create(CliHost host)
        => Create(host, "trust", "Let the steps of this person's patches run (delegates are trusted anyway)", trust: true);

    public static Command CreateDistrust(CliHost host)
        => Create(host, "distrust", "Take that back: built-in checks only, until a delegate approves", trust: false);

    private static Command Create(CliHost host, string name, string description, bool trust)
    {
        var repository = RepositoryArgument.Create();
        var did = new Argument<string>("did") { Description = "did:key:z6Mk…, as 'rad self --did' prints it" };
        return new Command(name, description) { repository, did }
            .Does(host, (parsed, session, ct)
                => RunAsync(session, parsed.GetRequiredValue(repository), parsed.GetRequiredValue(did), trust, ct));
    }

    private static async Task<int> RunAsync(Session session, string text, string person, bool trust, CancellationToken ct)
    {
        if (!Did.TryParse(person, provider: null, out var did))
            throw new CliException(ExitCode.Usage, $"'{person}' is no DID.",
                "It looks like did:key:z6Mk…; an alias is not enough, since anybody can take one.");
        var ingest = session.Clients.Ingest;
        var repository = await RepositoryArgument.ResolveAsync(ingest, text, ct);
        await (trust ? ingest.TrustAsync(repository.Rid, did.Value, ct) : ingest.DistrustAsync(repository.Rid, did.Value, ct));
        if (session.Terminal.Json) session.Terminal.WriteJson(new { repository.Rid, did = did.Value, trusted = trust });
        else session.Terminal.Line(
            $"{Terminal.Safe(did.Value)} is {(trust ? "trusted" : "no longer trusted")} in {Terminal.Safe(repository.Name)}.");
        return ExitCode.Ok;
    }
}
