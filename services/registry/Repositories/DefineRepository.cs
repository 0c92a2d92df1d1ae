using System.Text.RegularExpressions;

using Auxo.Registry.Mirrors.Trying;
using Auxo.ServiceDefaults.Access;

using JasperFx.Events;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Repositories;

/// <summary>How a repository shall be; what is left out stays, or is usual.</summary>
/// <param name="QuotaBytes">What its files may have together; 10 GiB by default.</param>
/// <param name="Immutable">No file is ever replaced; false by default.</param>
/// <param name="Format">raw (by default), npm, pypi, nuget, oci, debian or brew; it never changes.</param>
/// <param name="AnonymousRead">Reading needs no token; false by default.</param>
/// <param name="Upstream">Where what is not ours is fetched from, an address of http or https; empty: nowhere any more.</param>
/// <param name="CooldownDays">Versions of upstream younger than so many days are not offered; 3 by default, 0 for none.</param>
/// <param name="CooldownOff">Patterns of packages for which that does not count.</param>
/// <param name="RefreshDays">What was fetched is asked for again so often; 7 by default.</param>
/// <param name="CleanupTags">Patterns of tags that cleaning up may remove, such as <c>pr-*</c>; none by default. Of images only.</param>
/// <param name="CheckUpstream">An upstream that is new is asked first, and what is no registry of the format is refused; false by
/// default.</param>
public sealed record DefineRepositoryBody(
    long? QuotaBytes, bool? Immutable, string? Format = null, bool? AnonymousRead = null, string? Upstream = null,
    int? CooldownDays = null, IReadOnlyList<string>? CooldownOff = null, int? RefreshDays = null,
    IReadOnlyList<string>? CleanupTags = null, bool? CheckUpstream = null);

/// <summary>
/// <c>PUT /repositories/{name}</c>: makes a repository (201) or changes one (200). A quota below what is used only stops it
/// from growing.
/// </summary>
public static partial class DefineRepository
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPut("/repositories/{name}", HandleAsync)
            .WithName("DefineRepository").WithTags("Repositories").RequireScope(RegistryScopes.Manage);

    private static async Task<Results<Created<RegistryRepository>, Ok<RegistryRepository>, ProblemHttpResult>> HandleAsync(
        string name, DefineRepositoryBody? body, HttpContext http, NpgsqlDataSource source, IMessageBus bus,
        RepositoryRows rows, TryUpstream trying, CancellationToken ct)
    {
        if (!Name().IsMatch(name))
            return AuxoProblem.BadRequest("repository/invalid-name",
                "A repository's name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins and ends with a letter or digit.");
        if (body?.Format == RepositoryFormats.Oci && !Oci.OciPath.IsName(name))
            return AuxoProblem.BadRequest("repository/invalid-name",
                "Clients of images refuse this name: between letters and digits they want one '.', one or two '_', or dashes.");
        if (body?.QuotaBytes is <= 0) return AuxoProblem.BadRequest("repository/invalid-quota", "'quotaBytes' must be more than 0.");
        if (Refuse(body) is { } wrong) return wrong;
        if (body is { CheckUpstream: true, Upstream: { Length: > 0 } upstream, Format: { } format }
            && (await RepositoryTable.FindAsync(source, name, ct))?.Mirror?.Upstream != upstream
            && await trying.RunAsync(name, format, new Uri(upstream), ct) is { } refused) return refused;
        var made = await bus.InvokeAsync<RepositoryIs>(
            new SetRepository(name, body ?? new DefineRepositoryBody(null, null), http.Caller()), ct);
        rows.Forget(name);
        if (made.Is is { } other) return AuxoProblem.Conflict("repository/other-format",
            $"'{name}' is a repository of the format {other}, and stays one. Choose another name.");
        if (await RepositoryTable.FindAsync(source, name, ct) is not { } repository)
            return Files.FileProblems.NoRepositoryOfAny(name);
        return made.New ? TypedResults.Created($"/repositories/{name}", repository) : TypedResults.Ok(repository);
    }

    private static ProblemHttpResult? Refuse(DefineRepositoryBody? body)
    {
        if (body?.Format is { } format && !RepositoryFormats.All.Contains(format, StringComparer.Ordinal)) return AuxoProblem.BadRequest(
            "repository/invalid-format", $"'format' is one of {string.Join(", ", RepositoryFormats.All)}.");
        if (body?.Upstream is { Length: > 0 } upstream
            && (upstream.Length > 500 || !Uri.TryCreate(upstream, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
                || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0))
            return AuxoProblem.BadRequest("repository/invalid-upstream",
                "'upstream' is an http or https address without user, query and fragment, such as https://packages.example/.");
        if (body?.Upstream is { Length: > 0 } && body.Format is null or RepositoryFormats.Raw) return AuxoProblem.BadRequest(
            "repository/invalid-upstream", "A raw repository has no upstream: its names say nothing of where a file comes from.");
        if (body?.CooldownDays is < 0 or > 365) return AuxoProblem.BadRequest(
            "repository/invalid-cooldown", "'cooldownDays' is between 0 and 365.");
        if (body?.RefreshDays is < 1 or > 365) return AuxoProblem.BadRequest(
            "repository/invalid-refresh", "'refreshDays' is between 1 and 365.");
        if (body?.CleanupTags is { Count: > 0 } tags
            && (body.Format != RepositoryFormats.Oci || tags.Count > 100 || tags.Any(static p => p is not { Length: > 0 and <= 128 })))
            return AuxoProblem.BadRequest("repository/invalid-cleanup-tags",
                "'cleanupTags' has at most 100 patterns of at most 128 characters, and only a repository of the format oci has it.");
        return body?.CooldownOff is { } off && (off.Count > 1000 || off.Any(static p => p is not { Length: > 0 and <= 214 }))
            ? AuxoProblem.BadRequest("repository/invalid-cooldown", "'cooldownOff' has at most 1,000 patterns of at most 214 characters.")
            : null;
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?\\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}

/// <summary>A repository shall be like this; what is null stays, or is usual.</summary>
/// <param name="Name">In URLs.</param>
/// <param name="Wanted">How.</param>
/// <param name="By">The token's name.</param>
public sealed record SetRepository(string Name, DefineRepositoryBody Wanted, string By);

/// <summary>It is so now.</summary>
/// <param name="New">It was not there before.</param>
/// <param name="Is">Another format than wanted, which it keeps; null when all is as wanted.</param>
public sealed record RepositoryIs(bool New, string? Is = null);

/// <summary>Decides what changes; when another one changed it at the same moment, the bus lets it decide again.</summary>
public static class SetRepositoryHandler
{
    private const long UsualQuota = 10L << 30;
    private const int UsualCooldown = 3;
    private const int UsualRefresh = 7;

    /// <summary>Its stream.</summary>
    public static Task<IEventStream<RepositoryDefinition>> LoadAsync(
        SetRepository command, IDocumentSession session, CancellationToken ct)
        => session.Events.FetchForWriting<RepositoryDefinition>(RepositoryDefinition.StreamKey(command.Name), ct);

    /// <summary>Makes or changes it; what is so already is not said again.</summary>
    public static (RepositoryIs, DefinedRepository?) Handle(
        SetRepository command, IEventStream<RepositoryDefinition> stream, DateTimeOffset now)
    {
        var before = stream.Aggregate is { Exists: true } known ? known : null;
        var wanted = command.Wanted;
        if (before is not null && wanted.Format is { } format && format != before.Format)
            return (new RepositoryIs(false, before.Format), null);
        var defined = new RepositoryEvent.Defined(
            wanted.QuotaBytes ?? before?.QuotaBytes ?? UsualQuota, wanted.Immutable ?? before?.Immutable ?? false, command.By, now,
            wanted.Format ?? before?.Format ?? RepositoryFormats.Raw, wanted.AnonymousRead ?? before?.AnonymousRead ?? false,
            MirrorOf(wanted, before?.Mirror), wanted.CleanupTags ?? before?.CleanupTags ?? []);
        var answer = new RepositoryIs(before is null);
        if (before is not null && (before.QuotaBytes, before.Immutable, before.AnonymousRead, before.Mirror)
            == (defined.QuotaBytes, defined.Immutable, defined.AnonymousRead, defined.Mirror)
            && before.CleanupTags.SequenceEqual(defined.CleanupTags!, StringComparer.Ordinal)) return (answer, null);
        stream.AppendOne(defined);
        return (answer, new DefinedRepository(command.Name, defined));
    }

    private static MirrorSettings? MirrorOf(DefineRepositoryBody wanted, MirrorSettings? before)
        => (wanted.Upstream ?? before?.Upstream) is not { Length: > 0 } upstream
            ? null
            : new MirrorSettings(
                upstream, wanted.CooldownDays ?? before?.CooldownDays ?? UsualCooldown, wanted.CooldownOff ?? before?.CooldownOff ?? [],
                wanted.RefreshDays ?? before?.RefreshDays ?? UsualRefresh);
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
            insert into registry.repositories (
                name, quota_bytes, immutable, created_at, format, anonymous_read, upstream, cooldown_days, cooldown_off, refresh_days,
                cleanup_tags)
            values ($1, $2, $3, $4, $5, $6, $7::text, $8, $9, $10, $11)
            on conflict (name) do update set quota_bytes = excluded.quota_bytes, immutable = excluded.immutable,
                anonymous_read = excluded.anonymous_read, upstream = excluded.upstream, cooldown_days = excluded.cooldown_days,
                cooldown_off = excluded.cooldown_off, refresh_days = excluded.refresh_days,
                cleanup_tags = excluded.cleanup_tags
            """,
            Name, Defined.QuotaBytes, Defined.Immutable, Defined.At, Defined.Format ?? RepositoryFormats.Raw,
            Defined.AnonymousRead ?? false, Defined.Mirror?.Upstream, Defined.Mirror?.CooldownDays ?? 0,
            (Defined.Mirror?.CooldownOff ?? []).ToArray(), Defined.Mirror?.RefreshDays ?? 7,
            (Defined.CleanupTags ?? []).ToArray()));
}
