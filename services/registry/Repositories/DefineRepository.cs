using System.Text.RegularExpressions;

using Auxo.ServiceDefaults.Access;

using JasperFx.Events;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Repositories;

/// <summary>How a repository shall be; what is left out stays, or is usual.</summary>
/// <param name="QuotaBytes">What its files may have together; 10 GiB by default.</param>
/// <param name="Immutable">No file is ever replaced; false by default.</param>
public sealed record DefineRepositoryBody(long? QuotaBytes, bool? Immutable);

/// <summary>
/// <c>PUT /repositories/{name}</c>: makes a raw repository (201) or changes one (200). A quota below what is used only stops it
/// from growing.
/// </summary>
public static partial class DefineRepository
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPut("/repositories/{name}", HandleAsync)
            .WithName("DefineRepository").WithTags("Repositories").RequireScope(RegistryScopes.Manage);

    private static async Task<Results<Created<RawRepository>, Ok<RawRepository>, ProblemHttpResult>> HandleAsync(
        string name, DefineRepositoryBody? body, HttpContext http, NpgsqlDataSource source, IMessageBus bus, CancellationToken ct)
    {
        if (!Name().IsMatch(name))
            return AuxoProblem.BadRequest("repository/invalid-name",
                "A repository's name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins and ends with a letter or digit.");
        if (body?.QuotaBytes is <= 0) return AuxoProblem.BadRequest("repository/invalid-quota", "'quotaBytes' must be more than 0.");
        var made = await bus.InvokeAsync<RepositoryIs>(
            new SetRepository(name, body?.QuotaBytes, body?.Immutable, http.User.Identity?.Name ?? "unknown"), ct);
        if (await RepositoryTable.FindAsync(source, name, ct) is not { } repository) return Files.FileProblems.NoRepository(name);
        return made.New ? TypedResults.Created($"/repositories/{name}", repository) : TypedResults.Ok(repository);
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?\\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}

/// <summary>A repository shall be like this; what is null stays, or is usual.</summary>
/// <param name="Name">In URLs.</param>
/// <param name="QuotaBytes">What its files may have together.</param>
/// <param name="Immutable">No file is ever replaced.</param>
/// <param name="By">The token's name.</param>
public sealed record SetRepository(string Name, long? QuotaBytes, bool? Immutable, string By);

/// <summary>It is so now.</summary>
/// <param name="New">It was not there before.</param>
public sealed record RepositoryIs(bool New);

/// <summary>Decides what changes; when another one changed it at the same moment, the bus lets it decide again.</summary>
public static class SetRepositoryHandler
{
    private const long UsualQuota = 10L << 30;

    /// <summary>Its stream.</summary>
    public static Task<IEventStream<RepositoryDefinition>> LoadAsync(
        SetRepository command, IDocumentSession session, CancellationToken ct)
        => session.Events.FetchForWriting<RepositoryDefinition>(RepositoryDefinition.StreamKey(command.Name), ct);

    /// <summary>Makes or changes it; what is so already is not said again.</summary>
    public static (RepositoryIs, DefinedRepository?) Handle(
        SetRepository command, IEventStream<RepositoryDefinition> stream, DateTimeOffset now)
    {
        var before = stream.Aggregate is { Exists: true } known ? known : null;
        var defined = new RepositoryEvent.Defined(
            command.QuotaBytes ?? before?.QuotaBytes ?? UsualQuota, command.Immutable ?? before?.Immutable ?? false, command.By, now);
        var answer = new RepositoryIs(before is null);
        if (before is not null && (before.QuotaBytes, before.Immutable) == (defined.QuotaBytes, defined.Immutable)) return (answer, null);
        stream.AppendOne(defined);
        return (answer, new DefinedRepository(command.Name, defined));
    }
}

/// <summary>Writes the row against which uploads are charged.</summary>
/// <param name="Name">In URLs.</param>
/// <param name="Defined">How it is from now on.</param>
public sealed record DefinedRepository(string Name, RepositoryEvent.Defined Defined) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
        => session.QueueSqlCommand(Sql.Command(
            """
            insert into registry.repositories (name, quota_bytes, immutable, created_at) values ($1, $2, $3, $4)
            on conflict (name) do update set quota_bytes = excluded.quota_bytes, immutable = excluded.immutable
            """,
            Name, Defined.QuotaBytes, Defined.Immutable, Defined.At));
}
