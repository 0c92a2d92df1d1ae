using System.CommandLine;

using Auxo.Cli.Repositories;

namespace Auxo.Cli.Secrets;

/// <summary>Of which builds a secret is: those of one repository, or of all, which has to be said.</summary>
internal sealed class SecretPlace
{
    /// <summary>The variable.</summary>
    public Argument<string> Name { get; } = new("name") { Description = "The variable that steps have it in, such as DEPLOY_TOKEN" };

    public Option<string?> Repository { get; } = new("--repository", "--repo") { Description = "For the builds of this repository" };

    public Option<bool> All { get; } = new("--all-repositories") { Description = "For the builds of every repository" };

    /// <summary>The repository as it was named; null for all of them.</summary>
    /// <exception cref="CliException">Neither is said, or both are.</exception>
    public string? Said(ParseResult parsed)
    {
        var (named, all) = (parsed.GetValue(Repository), parsed.GetValue(All));
        return named is null == all
            ? named
            : throw new CliException(ExitCode.Usage, "Say of which builds: --repository NAME or --all-repositories.");
    }

    /// <summary>The id of a tracked repository, and its name for people; null for all of them.</summary>
    /// <exception cref="CliException">It is not said, or there is no such repository.</exception>
    public async Task<(string? Rid, string Where)> ResolveAsync(ParseResult parsed, Session session, CancellationToken ct)
    {
        if (Said(parsed) is not { } named) return (null, "all repositories");
        var repository = await RepositoryArgument.ResolveAsync(session.Clients.Ingest, named, ct);
        return (repository.Rid, repository.Name);
    }
}
