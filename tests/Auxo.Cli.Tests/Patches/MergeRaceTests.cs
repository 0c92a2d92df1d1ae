using Auxo.Radicle;
using Auxo.Testing;
using Auxo.Testing.Radicle;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Cli.Tests.Patches;

/// <summary>Two delegates, of whom one is enough, merge at the same moment, on two real nodes.</summary>
public sealed class MergeRaceTests
{
    [Fact]
    public async Task who_comes_last_gives_way_and_merges_again()
    {
        await using var lab = await TwoDelegatesAsync();
        var (_, firstHead) = await PatchAsync(lab, "one", "a.txt");
        var (second, secondHead) = await PatchAsync(lab, "two", "b.txt");
        await using var auxo = await PassingAsync();

        // Between bob's look and bob's push alice merges, and her node's word arrives: that is what his pre-push hook is for here.
        var hook = Path.Combine(lab.Tree(lab.Bob), ".git", "hooks", "pre-push");
        var push = $"cd '{lab.Tree(lab.Alice)}' && env RAD_HOME='{lab.Alice.Home}' RAD_SOCKET='{lab.Alice.Socket}' "
            + $"git push -q rad -o no-sync {firstHead}:refs/heads/main";
        var arrive = $"env RAD_HOME='{lab.Alice.Home}' RAD_SOCKET='{lab.Alice.Socket}' rad sync {lab.Repository.Rid} --announce";
        await File.WriteAllTextAsync(
            hook,
            $"#!/bin/sh\nrm -f \"$0\"\n(unset $(git rev-parse --local-env-vars); {push}; {arrive}) >&2\n"
                + $"rad sync {lab.Repository.Rid} --fetch >&2\nexit 0\n", PatchLab.Ct);
        File.SetUnixFileMode(hook, (UnixFileMode)0b111_101_101);
        var late = await lab.RunAsync(lab.Bob, auxo, "patch", "merge", second, "--yes");
        Assert.Equal(1, late.ExitCode);
        Assert.Contains(
            $"Nothing was merged: main has moved on to {firstHead[..7]} at the same moment. Your own main was put back to it.", late.Error,
            StringComparison.Ordinal);
        Assert.False(File.Exists(hook));

        // Nothing is left apart: patches are opened and merged on both sides.
        var (third, _) = await PatchAsync(lab, "three", "c.txt");
        var again = await lab.RunAsync(lab.Bob, auxo, "patch", "merge", second, "--yes");
        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        await Eventually.TrueAsync(
            async () => await MainAsync(lab, lab.Alice) == await MainAsync(lab, lab.Bob), "both nodes have one main");
        Assert.Equal(0, (await lab.RunAsync(lab.Alice, auxo, "patch", "merge", third, "--yes")).ExitCode);
        var log = await lab.GitAsync(lab.Alice, "log", "--format=%H", "rad/main");
        Assert.Contains(firstHead, log, StringComparison.Ordinal);
        Assert.Contains(secondHead, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task branches_that_have_gone_apart_are_said_with_both_ways_out()
    {
        await using var lab = await TwoDelegatesAsync();
        var (_, firstHead) = await PatchAsync(lab, "one", "a.txt");
        var (_, secondHead) = await PatchAsync(lab, "two", "b.txt");
        var (third, _) = await PatchAsync(lab, "three", "c.txt");
        await using var auxo = await PassingAsync();
        await lab.Alice.StopAsync();
        await lab.GitAsync(lab.Alice, "push", "-q", "rad", "-o", "no-sync", $"{firstHead}:refs/heads/main");
        await lab.GitAsync(lab.Bob, "push", "-q", "rad", "-o", "no-sync", $"{secondHead}:refs/heads/main");
        await lab.Alice.StartAsync(PatchLab.Ct);
        await lab.ConnectAsync();
        await lab.Alice.RadAsync(PatchLab.Ct, "sync", lab.Repository.Rid, "--announce");
        await Eventually.TrueAsync(async () => await OthersMainAsync(lab) == firstHead, "bob's node has alice's main");

        var refused = await lab.RunAsync(lab.Bob, auxo, "patch", "merge", third, "--yes");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"main has gone apart: it is at {secondHead[..7]} here", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"+{secondHead}:refs/heads/main", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"git merge {firstHead[..7]}", refused.Error, StringComparison.Ordinal);
    }

    private static async Task<PatchLab> TwoDelegatesAsync()
    {
        var lab = await PatchLab.UpAsync();
        await lab.Alice.RadAsync(
            PatchLab.Ct, "id", "update", "--repo", lab.Repository.Rid, "--title", "Two", "--description", "", "--no-confirm", "-q",
            "--delegate", "did:key:" + lab.Bob.Nid);
        await lab.Alice.RadAsync(PatchLab.Ct, "sync", lab.Repository.Rid, "--announce");
        await Eventually.TrueAsync(
            async () =>
            {
                await using var storage = await RadicleRepository.OpenAsync(lab.Bob.Storage(lab.Repository.Rid), PatchLab.Ct);
                return (await storage.ReadIdentityAsync(PatchLab.Ct)).Delegates.Count == 2;
            },
            "bob knows that he is a delegate");
        await lab.GitAsync(lab.Bob, "push", "-q", "rad", "main:refs/heads/main");
        return lab;
    }

    /// <summary>A patch of bob's that both nodes have.</summary>
    private static async Task<(string Id, string Head)> PatchAsync(PatchLab lab, string branch, string file)
    {
        await lab.GitAsync(lab.Bob, "fetch", "-q", "rad");
        var head = await lab.CommitAsync(lab.Bob, branch, file, branch + "\n");
        var id = await lab.OpenAsync(lab.Bob, "Change of " + branch);
        await lab.ArrivesAsync(lab.Alice, id, static _ => true);
        await lab.GitAsync(lab.Alice, "fetch", "-q", "rad", head);
        return (id, head);
    }

    private static Task<FakeAuxo> PassingAsync() => FakeAuxo.StartAsync(static app =>
    {
        app.MapGet("/pipeline/gate", static () => FakeAuxo.Json(
            $$"""{"passed":true,"branch":"main","reason":"build 3f2a1c7 has passed","buildId":"{{FakeAuxo.BuildId}}"}"""));
        app.MapPost("/pipeline/builds", static () => FakeAuxo.Json(FakeAuxo.Build("queued", outcome: null)));
        app.MapGet("/pipeline/builds/{id}", static () => FakeAuxo.Json(FakeAuxo.Build(outcome: "passed")));
    });

    private static async Task<string?> MainAsync(PatchLab lab, LabNode node)
    {
        await using var storage = await RadicleRepository.OpenAsync(node.Storage(lab.Repository.Rid), PatchLab.Ct);
        return (await storage.CanonicalHeadAsync(PatchLab.Ct))?.Value;
    }

    private static async Task<string?> OthersMainAsync(PatchLab lab)
    {
        await using var storage = await RadicleRepository.OpenAsync(lab.Bob.Storage(lab.Repository.Rid), PatchLab.Ct);
        return (await storage.BranchesAsync(PatchLab.Ct))
            .Where(b => b.Name == "main" && b.Owner.Nid == lab.Alice.Nid).Select(static b => b.Head.Value).FirstOrDefault();
    }
}
