using System.Text.Json.Nodes;

using Auxo.Contracts;

namespace Auxo.Radicle.Tests;

/// <summary>Writes what was read in the shape of <c>rad cob show</c>, so that it can be compared member by member.</summary>
public static class RadJson
{
    public static JsonObject Of(RadiclePatch patch)
        => new()
        {
            ["title"] = patch.Title,
            ["author"] = Author(patch.Author),
            ["state"] = Of(patch.State),
            ["target"] = patch.Target,
            ["labels"] = List(patch.Labels, l => l),
            ["merges"] = Map(patch.Merges, m => m.Delegate.Nid, m => new JsonObject
            {
                ["revision"] = m.Revision.Value, ["commit"] = m.Commit.Value, ["timestamp"] = Time(m.At),
            }),
            ["revisions"] = Map(patch.Revisions, r => r.Id.Value, r => r.Redacted ? null : Of(r)),
            ["assignees"] = List(patch.Assignees, a => a.Nid),
            ["timeline"] = List(patch.Timeline, t => t.Value),
            ["reviews"] = Map(
                from revision in patch.Revisions from review in revision.Reviews select (revision, review), p => p.review.Id.Value,
                p => List([p.revision.Id.Value, p.review.Author.Nid], x => x)),
        };

    public static JsonObject Of(IReadOnlyList<RadicleJob> jobs)
        => new()
        {
            ["count"] = jobs.Count,
            ["jobs"] = List(jobs, job => new JsonObject
            {
                ["job_id"] = job.Id.Value,
                ["oid"] = job.Commit.Value,
                ["runs"] = List(job.Runs.GroupBy(r => r.Node), node => new JsonObject
                {
                    ["node_id"] = node.Key.Nid,
                    ["runs"] = List(node, run => new JsonObject
                    {
                        ["run_id"] = run.Id,
                        ["status"] = run.Status == JobRunStatus.Started ? "Started" : new JsonObject
                        {
                            ["Finished"] = run.Status.ToString(),
                        },
                        ["log"] = run.Log,
                        ["timestamp"] = Time(run.At),
                    }),
                }),
            }),
        };

    public static JsonObject Of(RadicleIdentity identity)
        => new()
        {
            [identity.Root.Value] = new JsonObject
            {
                ["current"] = identity.Current.Value,
                ["root"] = identity.Root.Value,
                ["revisions"] = Map(identity.Revisions, r => r.Id.Value, r => new JsonObject
                {
                    ["id"] = r.Id.Value,
                    ["blob"] = r.Document.Blob.Value,
                    ["title"] = r.Title,
                    ["state"] = r.State.ToString().ToLowerInvariant(),
                    ["description"] = r.Description,
                    ["author"] = Author(r.Author),
                    ["doc"] = Of(r.Document),
                    ["timestamp"] = Time(r.At),
                    ["parent"] = r.Parent?.Value,
                    ["verdicts"] = Map(r.Votes, v => v.Delegate.Nid, v => v.Signature is null ? "Reject" : new JsonObject
                    {
                        ["Accept"] = v.Signature,
                    }),
                    ["children"] = List(identity.Revisions.Where(c => c.Parent == r.Id), c => c.Id.Value),
                }),
                ["timeline"] = List(identity.Timeline, t => t.Value),
            },
        };

    public static JsonObject Of(IdentityDocument document)
    {
        var visibility = new JsonObject { ["type"] = document.IsPrivate ? "private" : "public" };
        if (document.Allowed.Count > 0) visibility["allow"] = List(document.Allowed, a => a.Value);
        return new JsonObject
        {
            ["payload"] = JsonNode.Parse(document.Payload.GetRawText()),
            ["delegates"] = List(document.Delegates, d => d.Value),
            ["threshold"] = document.Threshold,
            ["visibility"] = visibility,
        };
    }

    public static JsonObject Of(CobOperation operation, string cob)
        => new()
        {
            ["cob"] = cob,
            ["id"] = operation.Id.Value,
            ["actions"] = List(operation.Actions, a => JsonNode.Parse(a.GetRawText())),
            ["author"] = operation.Author.Nid,
            ["timestamp"] = Time(operation.At),
            ["parents"] = List(operation.Parents, p => p.Value),
            ["related"] = List(operation.Related, p => p.Value),
            ["identity"] = operation.Resource?.Value,
            ["manifest"] = new JsonObject { ["typeName"] = operation.TypeName, ["version"] = 1 },
        };

    public static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> write) => new([.. items.Select(write)]);

    private static JsonObject Map<T>(IEnumerable<T> items, Func<T, string> key, Func<T, JsonNode?> write)
        => new(items.Select(i => KeyValuePair.Create(key(i), write(i))));

    private static JsonObject Of(PatchState state)
    {
        var node = new JsonObject { ["status"] = state.Status.ToString().ToLowerInvariant() };
        if (state.Status == PatchStatus.Merged) (node["revision"], node["commit"]) = (
            state.Revision!.Value.Value, state.Commit!.Value.Value);
        return node;
    }

    private static JsonObject Of(RadicleRevision revision)
        => new()
        {
            ["id"] = revision.Id.Value,
            ["author"] = Author(revision.Author),
            ["description"] = List(revision.Descriptions, Of),
            ["base"] = revision.Base.Value,
            ["oid"] = revision.Head.Value,
            ["discussion"] = Of(revision.Discussion),
            ["reviews"] = Map(revision.Reviews, r => r.Author.Nid, r => new JsonObject
            {
                ["id"] = r.Id.Value,
                ["author"] = Author(r.Author),
                ["verdict"] = r.Verdict?.ToString().ToLowerInvariant(),
                ["summary"] = List(r.Summaries, Of),
                ["comments"] = Of(r.Discussion),
                ["labels"] = List(r.Labels, l => l),
                ["timestamp"] = Time(r.At),
            }),
            ["timestamp"] = Time(revision.At),
            ["resolves"] = List(revision.Resolves, r => List([r.Review.Value, r.Comment.Value], x => x)),
            ["reactions"] = List(revision.Reactions.GroupBy(r => (r.Location, r.Emoji)), g => new JsonObject
            {
                ["location"] = g.Key.Location is { } l ? Of(l) : null, ["emoji"] = g.Key.Emoji, ["authors"] = List(g, r => r.Author.Nid),
            }),
        };

    private static JsonObject Of(Discussion discussion)
        => new()
        {
            ["comments"] = Map(discussion.Comments, c => c.Key.Value, c => c.Value is null ? null : Of(c.Value)),
            ["timeline"] = List(discussion.Timeline, t => t.Value),
        };

    private static JsonObject Of(Comment comment)
    {
        var node = new JsonObject { ["author"] = comment.Author.Nid };
        if (comment.ReplyTo is { } to) node["replyTo"] = to.Value;
        node["reactions"] = List(comment.Reactions, r => List([r.Nid, r.Emoji], x => x));
        node["resolved"] = comment.Resolved;
        node["body"] = comment.Body;
        node["edits"] = List(comment.Edits, Of);
        if (comment.Location is { } location) node["location"] = Of(location);
        return node;
    }

    private static JsonObject Of(TextEdit edit)
        => new()
        {
            ["author"] = edit.Author.Nid,
            ["timestamp"] = Time(edit.At),
            ["body"] = edit.Body,
            ["embeds"] = List(edit.Embeds, e => new JsonObject { ["name"] = e.Name, ["content"] = e.Content }),
        };

    private static JsonObject Of(CodeLocation location)
        => new() { ["commit"] = location.Commit.Value, ["path"] = location.Path, ["old"] = Of(location.Old), ["new"] = Of(location.New) };

    private static JsonObject? Of(CodeRange? range)
        => range is null ? null : new()
        {
            ["type"] = range.Type, ["range"] = new JsonObject { ["start"] = range.Start, ["end"] = range.End },
        };

    private static JsonObject Author(Did did) => new() { ["id"] = did.Value };

    private static long Time(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}
