using System.CommandLine;
using System.CommandLine.Parsing;

using Auxo.Cli.Repositories;

namespace Auxo.Cli.Metrics;

/// <summary>Which repository and how many days a dashboard is about.</summary>
internal sealed class RepositoryOption
{
    public RepositoryOption(int usualDays, int mostDays)
    {
        Days = new Option<int>("--days")
        {
            Description = $"How many days (1 to {mostDays}, default {usualDays})", DefaultValueFactory = _ => usualDays,
            CustomParser = result => Parse(result, mostDays),
        };
    }

    public Argument<string?> Repository { get; } = new("repository")
    {
        Description = "Its id, the beginning of it, or its name; without it all of them", Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<string?> Repo { get; } = new("--repo") { Description = "The same as the argument" };

    public Option<int> Days { get; }

    /// <summary>Its id; null for all.</summary>
    public async Task<string?> RidAsync(ParseResult parsed, Session session, CancellationToken ct)
        => (parsed.GetValue(Repository) ?? parsed.GetValue(Repo)) is { } text
            ? (await RepositoryArgument.ResolveAsync(session.Clients.Ingest, text, ct)).Rid
            : null;

    private static int Parse(ArgumentResult result, int most)
    {
        if (int.TryParse(result.Tokens[0].Value, out var days) && days >= 1 && days <= most) return days;
        result.AddError($"'{result.Tokens[0].Value}' is no number of days between 1 and {most}.");
        return 0;
    }
}
