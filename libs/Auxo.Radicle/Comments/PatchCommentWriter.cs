using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>
/// Makes a comment stand on a patch, with <c>rad</c> and the profile's key. It may be called again with the same request at any
/// time, after a crash, too: it looks into the storage first and writes only what is missing.
/// </summary>
public sealed class PatchCommentWriter(RadTurns turns, TimeProvider time)
{
    /// <summary>Longer texts do not fit into a command line.</summary>
    public const int MaxBodyBytes = 96 << 10;

    private const int Attempts = 4;

    /// <summary>Writes, checks that it is there, and tells the peers.</summary>
    /// <param name="home">The profile to write as.</param>
    /// <param name="storage">The repository in the profile's storage.</param>
    /// <param name="request">What shall stand.</param>
    /// <param name="cancellationToken">A write that has begun is finished, so the comment may stand all the same.</param>
    public async Task<CommentWrite> WriteAsync(
        RadicleHome home, RadicleRepository storage, CommentRequest request, CancellationToken cancellationToken)
    {
        // rad cuts the space around a text, so what it wrote would never equal a body with a line break at its end.
        var body = request.Body.Replace("\0", "", StringComparison.Ordinal).Trim();
        if (System.Text.Encoding.UTF8.GetByteCount(body) > MaxBodyBytes) return new CommentWrite.Failed(
            $"The comment has more than {MaxBodyBytes} bytes.", Retry: false);
        if (body.Length == 0) return new CommentWrite.Failed("The comment is empty.", Retry: false);
        // Nobody has to wait for this, and nothing is held that an error could leave held.
        request = request with { Body = body, Remarks = await OfChangedLinesAsync(storage, request, cancellationToken) };
        var turn = await turns.TakeAsync("rad", home, storage.Rid, cancellationToken);
        if (turn is RadTurn.Waits waits) return new CommentWrite.Waiting(waits.Reason);
        if (turn is RadTurn.Busy busy) return new CommentWrite.Failed(busy.Reason, Retry: true);
        var held = (RadTurn.Held)turn;
        CommentWrite written;
        using (held)
        {
            try
            {
                written = await WriteAsync(held, home, storage, request, cancellationToken);
            }
            catch (CobFormatException e)
            {
                return new CommentWrite.Failed($"Patch {request.Patch.Short} cannot be read: {e.Message}", Retry: true);
            }
        }

        // The peers have it; rad on this machine reads from a cache of its own, which only rad itself fills.
        if (held.Key is not null && written is CommentWrite.Done { Change: not CommentChange.None } or CommentWrite.Elsewhere
            && turns.Of("rad", RadicleHome.OfRepository(storage.Path) ?? home) is { } rad)
            await CacheAsync(rad, request.Patch, storage.Rid);
        return written;
    }

    private async Task<CommentWrite> WriteAsync(
        RadTurn.Held held, RadicleHome home, RadicleRepository storage, CommentRequest request, CancellationToken cancellationToken)
    {
        var change = CommentChange.None;
        var last = "";
        for (var attempt = 0; attempt <= Attempts; attempt++)
        {
            var refs = held.Key is null ? null : await CobWriter.ReadOwnAsync(storage, held.Own, cancellationToken);
            var all = await storage.ReadPatchWithUnsignedAsync(request.Patch, held.Own, cancellationToken);
            var signed = await storage.ReadPatchAsync(request.Patch, cancellationToken);
            var plan = CommentPlan.Of(
                request, held.Own, all, signed, (await storage.ReadIdentityAsync(cancellationToken)).Delegates);
            switch (plan)
            {
                case CommentPlan.Impossible impossible:
                    return new CommentWrite.Failed(impossible.Reason, impossible.Retry);
                case CommentPlan.StandBy other:
                    return new CommentWrite.Waiting($"The Auxo of {other.By} speaks on this patch; ours waits a minute for it.");
                case CommentPlan.Elsewhere { Ours: null } other:
                    return new CommentWrite.Elsewhere(other.By);
                case CommentPlan.Elsewhere:
                    request = request with { Remarks = [] };
                    break;
                default:
                    break;
            }

            var remarks = RemarkPlan.Of(request, held.Own, all!);
            var job = refs is null || request.Job is null
                ? new JobPlan.Nothing()
                : JobPlan.Of(request.Job, held.Own, await storage.ReadJobsOfAsync(request.Job.Commit, cancellationToken));
            if (plan is CommentPlan.Nothing done && job is JobPlan.Nothing && remarks.Count == 0
                && RemarkPlan.Of(request, held.Own, signed!).Count == 0) return await ToldAsync(done.Comment);
            if (attempt == Attempts) break;

            var (answer, posted) = held.Key is { } key
                ? await ByGitAsync(
                    key, refs!, all!, [.. Operations(plan, request, remarks)], job, home, storage, request, cancellationToken)
                : (await ByRadAsync(held.Rad!, plan, remarks, storage.Rid, request), null);
            switch (answer)
            {
                case RadAnswer.Wrote:
                    change = plan is CommentPlan.Post || change == CommentChange.Posted ? CommentChange.Posted : CommentChange.Edited;
                    // git compared before it wrote: it stands. Whether a program that does not compare has dropped it since shows later.
                    if (plan.Standing(posted) is { } comment && held.Key is not null) return await ToldAsync(comment);
                    last = "It was written, but is not in the storage: another program wrote at the same time.";
                    break;
                case RadAnswer.Collided collided:
                    last = collided.Reason;
                    await Task.Delay(TimeSpan.FromMilliseconds(20 << attempt), time, cancellationToken);
                    break;
                case RadAnswer.NotCached notCached:
                    last = notCached.Reason;
                    await CacheAsync(held.Rad!, request.Patch, storage.Rid);
                    break;
                case RadAnswer.Waits waits:
                    return new CommentWrite.Waiting(waits.Reason);
                case RadAnswer.Refused refused:
                    return new CommentWrite.Failed(refused.Reason, refused.Retry);
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        return new CommentWrite.Failed(last, Retry: true);

        async Task<CommentWrite> ToldAsync(CommitId comment) => new CommentWrite.Done(
            comment, change, await turns.AnnounceAsync(home, storage.Rid, held.Own, cancellationToken));
    }

    /// <returns>What came of it, and the first operation on the patch; null when there is none.</returns>
    private async Task<(RadAnswer Answer, CommitId? First)> ByGitAsync(
        SigningKey key, OwnRefs refs, RadiclePatch patch, IReadOnlyList<PlannedOperation> operations, JobPlan job, RadicleHome home,
        RadicleRepository storage, CommentRequest request, CancellationToken cancellationToken)
    {
        List<CobChange> changes = [];
        if (operations.Count > 0)
        {
            var id = CommitId.Parse(patch.Id.Value);
            var after = await storage.ReadNewestAsync(
                CobTypes.Patch, id, refs.Tip(CobTypes.Patch, id), patch.Dropped, cancellationToken);
            changes.Add(new CobChange(CobTypes.Patch, id, after, operations));
        }

        if (job is not JobPlan.Nothing) changes.Add(await JobWriter.ChangeAsync(storage, refs, job, request.Job!, cancellationToken));
        await PushesUnderWay.WaitAsync(storage, key.Owner, time, cancellationToken);
        return await CobWriter.WriteAsync(storage, home, key, refs, changes, time.GetUtcNow(), cancellationToken) switch
        {
            CobWrite.Written written => (new RadAnswer.Wrote(), operations.Count == 0 ? null : written.Ids[0][0]),
            CobWrite.Overtaken overtaken => (new RadAnswer.Collided(overtaken.Reason), null),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static IEnumerable<PlannedOperation> Operations(
        CommentPlan plan, CommentRequest request, IReadOnlyList<PlannedOperation> remarks)
    {
        var comment = plan switch
        {
            CommentPlan.Post => new NewOperation([PatchActions.Comment(request.Revision, request.Body, null)], "Comment", []),
            CommentPlan.Edit edit => new NewOperation(
                [PatchActions.EditComment(request.Revision, edit.Comment, request.Body)], "Edit comment", []),
            CommentPlan.Elsewhere { Ours: { } ours } => new NewOperation(
                [PatchActions.RedactComment(request.Revision, ours)], "Redact comment", []),
            _ => null,
        };
        if (comment is null) return remarks;
        return remarks.Select(static remark => (PlannedOperation)(written => remark([.. written.Skip(1)]))).Prepend(_ => comment);
    }

    /// <summary>The comment first; then the remarks, one call each. A review never comes this way: its comments must name it.</summary>
    private static async Task<RadAnswer> ByRadAsync(
        RadProgram rad, CommentPlan plan, IReadOnlyList<PlannedOperation> remarks, Rid rid, CommentRequest request)
    {
        if (plan is not CommentPlan.Nothing || remarks.Count == 0) return await rad.RunAsync(Arguments(plan, request, rid));
        RadAnswer answer = new RadAnswer.Wrote();
        foreach (var remark in remarks)
        {
            answer = await rad.UpdateAsync(rid, CobTypes.Patch, request.Patch.Value, remark([]));
            if (answer is not RadAnswer.Wrote) break;
        }

        return answer;
    }

    /// <summary>Radicle's pages show a remark in the difference that the revision makes; at other lines nobody would see it.</summary>
    private static async Task<IReadOnlyList<Remark>?> OfChangedLinesAsync(
        RadicleRepository storage, CommentRequest request, CancellationToken cancellationToken)
    {
        if (request.Remarks is not { Count: > 0 } remarks) return request.Remarks;
        try
        {
            if ((await storage.ReadPatchAsync(request.Patch, cancellationToken))?.Find(request.Revision) is not { } revision) return null;
            var diff = await GitDiff.ReadAsync(
                storage.Path, revision.Base.Value, revision.Head.Value, DiffLimits.Readable, cancellationToken);
            var changed = diff.Files.SelectMany(static file => file.Hunks.SelectMany(static hunk => hunk.Lines)
                .Where(static line => line is { Old: null, New: not null }).Select(line => (file.Path, line.New!.Value))).ToHashSet();
            return [.. remarks.Where(remark => changed.Contains((remark.Path, remark.Line)))];
        }
        catch (Exception e) when (e is GitException or CobFormatException)
        {
            // Its base is not here, or its trees are broken: the comment says it all the same.
            return null;
        }
    }

    private static Task<RadAnswer> CacheAsync(RadProgram rad, PatchId patch, Rid rid)
        => rad.RunAsync(["patch", "cache", patch.Value, "--repo", rid.Value]);

    private static string[] Arguments(CommentPlan plan, CommentRequest request, Rid rid)
    {
        if (plan is CommentPlan.Elsewhere { Ours: { } ours })
            return ["patch", "comment", request.Revision.Value, "--repo", rid.Value, "--no-announce", "-q", "--redact", ours.Value];
        // The same text once more makes rad sign what stands there unsigned.
        var edited = plan switch
        {
            CommentPlan.Edit { Comment: var comment } => comment,
            CommentPlan.Sign { Comment: var comment } => comment,
            _ => default(CommitId?),
        };
        string[] edit = edited is { } id ? ["--edit", id.Value] : [];
        return ["patch", "comment", request.Revision.Value, "--repo", rid.Value, "--no-announce", "-q", .. edit,
            "--message=" + request.Body];
    }
}
