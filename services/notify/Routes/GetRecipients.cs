using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Readers;
using Auxo.Notify.Verdicts;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Notify.Routes;

/// <summary>Who would hear of something.</summary>
/// <param name="Type">What happens.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Types">What may be asked for.</param>
/// <param name="Deliveries">What would be planned.</param>
/// <param name="Silent">The routes that would say nothing, and why.</param>
/// <param name="People">Whom routes lead to, and what her preferences make of it.</param>
public sealed record RecipientsAnswer(
    string Type, Level Level, IReadOnlyList<string> Types, IReadOnlyList<RecipientAnswer> Deliveries, IReadOnlyList<SilentRoute> Silent,
    IReadOnlyList<PersonAnswer> People);

/// <summary>Somebody whom a route leads to.</summary>
/// <param name="Person">Her name.</param>
/// <param name="Route">By which route.</param>
/// <param name="How">Whether and when she is told.</param>
/// <param name="Why">For people; null when she is simply told.</param>
public sealed record PersonAnswer(string Person, string Route, TellingKind How, string? Why);

/// <summary>A channel that would hear it.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="Route">By which route.</param>
/// <param name="Refusal">Why it cannot be reached; null when it can.</param>
/// <param name="Why">Why that route speaks of it, for people.</param>
public sealed record RecipientAnswer(string Channel, string Route, string? Refusal, string Why);

/// <summary>A route that would say nothing.</summary>
/// <param name="Route">Its name.</param>
/// <param name="Why">For people.</param>
public sealed record SilentRoute(string Route, string Why);

/// <summary>404: nothing is ever called so.</summary>
public sealed class NoSuchTypeException(string type) : AuxoException(
    "notification/no-such-type", 404, $"Nothing is ever called '{type}'. There are: {string.Join(", ", NotificationTypes.All)}.");

/// <summary>
/// <c>GET /recipients?type=&amp;rid=&amp;name=&amp;level=&amp;branch=&amp;author=&amp;owner=&amp;change=&amp;at=</c>: who would hear of
/// something if it happened now, or then. Nothing is sent; the decision is the one that is made when it happens.
/// </summary>
public static class GetRecipients
{
    /// <summary>Maps the route.</summary>
    public static void MapGetRecipients(this IEndpointRouteBuilder app)
        => app.MapGet("/recipients", HandleAsync).WithName("GetRecipients").RequireScope(NotifyScopes.Read);

    /// <summary>What the routes come to.</summary>
    public static RecipientsAnswer Decide(Notification notification, RoutingTable table, DateTimeOffset now)
    {
        var asked = Routing.Ask(notification, table, now).ToList();
        var plan = Routing.Plan(notification, table, now);
        var reasons = asked.Where(static a => a.Reason is not null).ToDictionary(
            static a => a.Route.Name, static a => a.Reason!, StringComparer.Ordinal);
        return new RecipientsAnswer(
            notification.Type, notification.Level, NotificationTypes.All,
            [.. plan.Deliveries.Select(p => new RecipientAnswer(
                p.Channel, p.Route!, p.Refusal, reasons[p.Route!] + (p.Reader is null ? "" : $"; for {p.Reader}")))],
            [.. asked.Where(static a => a.Silence is not null).Select(static a => new SilentRoute(a.Route.Name, a.Silence!))],
            [.. plan.People.Select(static p => new PersonAnswer(
                p.Reader.Name, p.Route, p.Telling.How,
                p.Telling.Why ?? (p.Reader.Preferences.Channels.Count == 0 ? "she has no channel" : null)))]);
    }

    private static async Task<Ok<RecipientsAnswer>> HandleAsync(
        IDocumentStore store, TimeProvider time, CancellationToken ct, string type = "build.failed", Rid? rid = null, string? name = null,
        Level? level = null, string? branch = null, string? author = null, string? owner = null, string? change = null,
        DateTimeOffset? at = null)
    {
        if (!NotificationTypes.All.Contains(type)) throw new NoSuchTypeException(type);
        var now = at ?? time.GetUtcNow();
        await using var session = store.QuerySession();
        return TypedResults.Ok(Decide(
            Imagine(type, level, rid is { } repository ? new RepositoryFacts(repository.Value, name ?? repository.Value) : null,
                branch, author, owner, change is null ? null : ConditionsReader.Change(change, "change"), now),
            await RoutingTable.LoadAsync(session, ct), now));
    }

    /// <summary>A notification of that type, with as much of what it tells as was said.</summary>
    public static Notification Imagine(
        string type, Level? level, RepositoryFacts? repository, string? branch, string? author, string? owner, Transition? change,
        DateTimeOffset at)
    {
        var isBuild = type.StartsWith("build.", StringComparison.Ordinal);
        var build = isBuild && (branch ?? author) is not null || isBuild && change is not null
            ? new BuildFacts(
                Guid.Empty, "", Outcome.Failed, null, BuildTrigger.Branch, branch ?? "", "", author, null, [], [], change)
            : null;
        var patch = (build is null && author is not null) || (build is not null && branch is null)
            ? new PatchFacts("", null, null, author, null)
            : null;
        return new Notification(
            Guid.Empty, type, level ?? NotificationTypes.UsualLevel(type), type, "", at, repository, Build: build, Patch: patch,
            Owners: owner is null ? null : [owner]);
    }
}
