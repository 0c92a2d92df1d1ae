using Auxo.Contracts;

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
        if (turns.Find("rad") is not { } program) return new CommentWrite.Waiting(
            "rad is not installed: put Radicle's programs on PATH (https://radicle.xyz/install)");
        var turn = await turns.TakeAsync(program, home, storage.Rid, cancellationToken);
        if (turn is RadTurn.Waits waits) return new CommentWrite.Waiting(waits.Reason);
        if (turn is RadTurn.Busy busy) return new CommentWrite.Failed(busy.Reason, Retry: true);
        using var held = (RadTurn.Held)turn;
        try
        {
            return await WriteAsync(held.Rad, home, storage, request with { Body = body }, held.Own, cancellationToken);
        }
        catch (CobFormatException e)
        {
            return new CommentWrite.Failed($"Patch {request.Patch.Short} cannot be read: {e.Message}", Retry: true);
        }
    }

    private async Task<CommentWrite> WriteAsync(
        RadProgram rad, RadicleHome home, RadicleRepository storage, CommentRequest request, Did own, CancellationToken cancellationToken)
    {
        var change = CommentChange.None;
        var last = "";
        for (var attempt = 0; attempt <= Attempts; attempt++)
        {
            var plan = CommentPlan.Of(
                request, own, await storage.ReadPatchWithUnsignedAsync(request.Patch, own, cancellationToken),
                await storage.ReadPatchAsync(request.Patch, cancellationToken));
            if (plan is CommentPlan.Impossible impossible) return new CommentWrite.Failed(impossible.Reason, impossible.Retry);
            if (plan is CommentPlan.Nothing done)
                return new CommentWrite.Done(done.Comment, change, await AnnounceAsync(home, storage.Rid, own, cancellationToken));
            if (attempt == Attempts) break;

            switch (await rad.RunAsync(Arguments(plan, request, storage.Rid)))
            {
                case RadAnswer.Wrote:
                    change = plan is CommentPlan.Edit && change != CommentChange.Posted ? CommentChange.Edited : CommentChange.Posted;
                    last = "rad said that it wrote, but the comment is not in the storage: another program wrote at the same time.";
                    break;
                case RadAnswer.Collided collided:
                    last = collided.Reason;
                    await Task.Delay(TimeSpan.FromMilliseconds(20 << attempt), time, cancellationToken);
                    break;
                case RadAnswer.NotCached notCached:
                    last = notCached.Reason;
                    await rad.RunAsync(["patch", "cache", request.Patch.Value, "--repo", storage.Rid.Value]);
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
    }

    private static string[] Arguments(CommentPlan plan, CommentRequest request, Rid rid)
    {
        string[] edit = plan is CommentPlan.Edit { Comment: var comment } ? ["--edit", comment.Value] : [];
        return ["patch", "comment", request.Revision.Value, "--repo", rid.Value, "--no-announce", "-q", .. edit,
            "--message=" + request.Body];
    }

    /// <summary>Null when the node has taken it; else why not. The comment stands either way, and the next call tells the peers.</summary>
    private async Task<string?> AnnounceAsync(RadicleHome home, Rid rid, Did own, CancellationToken cancellationToken)
    {
        try
        {
            await new NodeControl(home.Socket, time).AnnounceRefsForAsync(rid, [own], cancellationToken);
            return null;
        }
        catch (NodeException e)
        {
            return e.Message;
        }
    }
}
