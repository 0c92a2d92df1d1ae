using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Net.Sockets;

using Auxo.Testing.Radicle;

namespace Auxo.Torture.Load;

/// <summary>
/// People at work in one repository: patches of a delegate and of a stranger, pushes to the default branch, approvals and
/// cancellations.
/// </summary>
internal static class Pushes
{
    private const string Slow = "steps:\n  - name: slow\n    run: sleep 150\n";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1800);
    private static readonly TimeSpan AfterTheEnd = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs until the load ends, and until what was begun is through.</summary>
    public static async Task RunAsync(World world, RadicleStorage storage, string secret, Random random, CancellationToken ct)
    {
        List<Task> people = [];
        await Loads.RepeatAsync(Pause, async i =>
        {
            switch (random.Next(10))
            {
                case 0 or 1 or 2: await PushMainAsync(world, storage, secret, i, ct); break;
                case 3: people.Add(ApproveAsync(world,
                    await OpenAsync(world, storage, secret, world.Bob, i, File(i), null, ct), ct)); break;
                case 4: people.Add(CancelAsync(world, await OpenAsync(world, storage, secret, world.Alice, i,
                    new Dictionary<string, string> { [".auxo/ci.yaml"] = Slow }, null, ct), ct)); break;
                default: await OpenAsync(world, storage, secret, world.Alice, i, File(i), "Passed", ct); break;
            }
        }, ct);
        await Task.WhenAll(people);
    }

    private static Dictionary<string, string> File(int i) => new(StringComparer.Ordinal) { [$"docs/note-{i}.md"] = $"# Note {i}\n" };

    private static async Task<PushedPatch?> OpenAsync(
        World world, RadicleStorage storage, string secret, RadicleTestKey by, int i, Dictionary<string, string> files,
        string? outcome, CancellationToken ct)
    {
        var (patch, head) = storage.OpenPatch(by, $"Patch {i} of {by.Name}", files);
        if (!await Hooks.PatchAsync(world, storage.Rid, secret, patch, head, ct)) return null;
        var pushed = new PushedPatch(storage.Rid, patch, head, outcome, Node: false);
        world.Ledger.Patches.Enqueue(pushed);
        return pushed;
    }

    private static async Task PushMainAsync(World world, RadicleStorage storage, string secret, int i, CancellationToken ct)
    {
        var commit = storage.Commit(
            new Dictionary<string, string>(StringComparer.Ordinal) { [$"docs/main-{i}.md"] = $"# Main {i}\n" }, $"Main {i}", storage.Head);
        storage.Push(world.Alice, commit);
        if (await Hooks.PushAsync(world, storage.Rid, secret, commit, $"push-{i}", ct)) world.Ledger.Commits.Enqueue(
            new PushedCommit(storage.Rid, commit));
    }

    /// <summary>Somebody looks at a stranger's patch and lets its steps run.</summary>
    private static async Task ApproveAsync(World world, PushedPatch? patch, CancellationToken ct)
    {
        if (patch is null || !await IsAsync(world, patch, "awaiting_approval", ct)) return;
        // Sent again after an answer that was lost, it finds the build approved already.
        var told = await world.Door("pipeline").TellAsync(
            () => new HttpRequestMessage(HttpMethod.Post, $"/builds/{patch.Build}/approve"),
            static status => status is HttpStatusCode.OK or HttpStatusCode.Conflict, $"approval of {patch.Build}", ct);
        if (told) world.Ledger.Approved.Enqueue(patch.Build);
    }

    private static async Task CancelAsync(World world, PushedPatch? patch, CancellationToken ct)
    {
        if (patch is null) return;
        // The audit waits for slow steps, so this one is cancelled even when the load ends meanwhile; when nobody comes to it,
        // it ends by itself.
        using var late = new CancellationTokenSource();
        await using var ending = ct.Register(() => late.CancelAfter(AfterTheEnd));
        if (!await IsAsync(world, patch, "running", late.Token)) return;
        var told = await world.Door("pipeline").TellAsync(
            () => new HttpRequestMessage(HttpMethod.Post, $"/builds/{patch.Build}/cancel"),
            static status => status is HttpStatusCode.OK or HttpStatusCode.Conflict, $"cancellation of {patch.Build}", late.Token);
        if (told) world.Ledger.Cancelled.Enqueue(patch.Build);
    }

    /// <summary>Waits until the build is in this state; false when it ended otherwise, or the load ends.</summary>
    private static async Task<bool> IsAsync(World world, PushedPatch patch, string state, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var answer = await world.Clients["pipeline"].GetAsync($"/builds/{patch.Build}", ct);
                var now = answer.IsSuccessStatusCode ? (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>(ct))!["state"] : null;
                if (now == state) return true;
                if (now == "finished") return false;
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or IOException or OperationCanceledException)
            {
                // It is being killed just now.
            }

            await Task.Delay(LookAgain, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }
}
