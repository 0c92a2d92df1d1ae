using System.Globalization;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;
using Auxo.Contracts;
using Auxo.Testing.Radicle;

namespace Auxo.Benchmarks.Radicle;

/// <summary>
/// What a delegate types all day: a patch is opened, gets a revision whose build is waited for, and is merged. With <c>auxo patch</c>, and
/// with the commands of git that do the same by hand.
/// </summary>
internal static class DailyCommands
{
    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var side = (await context.PairAsync(ct)).Auxo;
        var repository = await side.AddRepositoryAsync("daily", new Dictionary<string, string>(StringComparer.Ordinal), ct);
        var (auxo, hand) = (new Day(side, repository, WithAuxo: true), new Day(side, repository, WithAuxo: false));
        var rounds = context.Options.Count(12, 2);
        for (var round = 0; round <= rounds; round++)
        {
            // By turns, and who is first alternates too; the first round warms up.
            foreach (var day in round % 2 == 0 ? (Day[])[auxo, hand] : [hand, auxo]) await day.LiveAsync(round, keep: round > 0, ct);
        }

        return
        [
            new("'auxo patch create'", "ms", new Series(auxo.Creates), new Series(hand.Creates), Goal.AtMostOfPeer(1.15))
            {
                Note = "a branch of one commit, by a delegate whose other node is connected; by hand: git push rad HEAD:refs/patches",
            },
            new("'auxo patch push --wait', until the verdict", "ms", new Series(auxo.Pushes), new Series(hand.Pushes),
                Goal.AtMostOfPeer(1.15))
            {
                Note = "a second commit, a pipeline of one step that prints a line; by hand: git push, then the build is asked for every "
                    + "20 ms until it has ended",
            },
            new("'auxo patch merge'", "ms", new Series(auxo.Merges), new Series(hand.Merges), Goal.AtMostOfPeer(1.15))
            {
                Note = "what has passed, main has not moved; by hand: git fetch, switch, merge, push, which looks at no verdict",
            },
        ];
    }

    private sealed record Day(AuxoSide Side, SideRepository Repository, bool WithAuxo)
    {
        private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

        public List<double> Creates { get; } = [];

        public List<double> Pushes { get; } = [];

        public List<double> Merges { get; } = [];

        private LabNode Alice => Side.Alice;

        private string Tree => Alice.WorkTree(Repository.Lab.Name);

        public async Task LiveAsync(int round, bool keep, CancellationToken ct)
        {
            var branch = string.Create(CultureInfo.InvariantCulture, $"{(WithAuxo ? "auxo" : "hand")}-{round}");
            await GitAsync(ct, "fetch", "-q", "rad");
            await GitAsync(ct, "switch", "-q", "--no-track", "-c", branch, "rad/main");
            await CommitAsync(branch, 1, ct);
            var created = await TimeAsync(ct, WithAuxo
                ? ["patch", "create", "Change of " + branch, "--yes"]
                : ["git", "push", "-q", "rad", "-o", "patch.message=Change of " + branch, "HEAD:refs/patches"]);
            var patch = PatchId.Parse((await GitAsync(ct, "for-each-ref", "--format=%(refname:lstrip=-1)", "--points-at", "HEAD",
                "refs/remotes/rad/patches")).Trim().Split('\n')[0]);
            await EndedAsync(patch, ct);

            await CommitAsync(branch, 2, ct);
            var began = TimeProvider.System.GetTimestamp();
            await TimeAsync(ct, WithAuxo
                ? ["patch", "push", "--wait", "--yes"]
                : ["git", "push", "-q", "rad", $"HEAD:refs/heads/patches/{patch}"]);
            if (!WithAuxo) await EndedAsync(patch, ct);
            var pushed = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;

            began = TimeProvider.System.GetTimestamp();
            if (WithAuxo)
            {
                await TimeAsync(ct, "patch", "merge", patch.Value, "--yes");
            }
            else
            {
                await GitAsync(ct, "fetch", "-q", "rad");
                await GitAsync(ct, "switch", "-q", "-C", "main", "rad/main");
                await GitAsync(ct, "merge", "-q", "--ff-only", branch);
                await GitAsync(ct, "push", "-q", "rad", "HEAD:refs/heads/main");
            }

            if (!keep) return;
            Creates.Add(created);
            Pushes.Add(pushed);
            Merges.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }

        private Task<string> GitAsync(CancellationToken ct, params string[] arguments) => Alice.GitAsync(Tree, ct, arguments);

        private async Task CommitAsync(string branch, int number, CancellationToken ct)
        {
            await File.WriteAllTextAsync(
                Path.Combine(Tree, branch + ".txt"), string.Create(CultureInfo.InvariantCulture, $"{branch} {number}\n"), ct);
            await Alice.CommitAsync(Tree, string.Create(CultureInfo.InvariantCulture, $"Change {number} of {branch}"), ct);
        }

        private async Task<double> TimeAsync(CancellationToken ct, params string[] command)
        {
            var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
            string[] cli =
            [
                "env", "AUXO_HOME=" + Side.Instance.Home,
                Path.GetFullPath(Path.Combine(here, "..", "..", "Auxo.Cli", Path.GetFileName(here), "auxo-cli")),
            ];
            var began = TimeProvider.System.GetTimestamp();
            await Alice.RunAsync(Tree, ct, command[0] == "git" ? command : [.. cli, .. command]);
            return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        }

        /// <summary>Until the build of what is checked out has ended.</summary>
        private async Task EndedAsync(PatchId patch, CancellationToken ct)
        {
            var head = CommitId.Parse((await GitAsync(ct, "rev-parse", "HEAD")).Trim());
            var build = BuildId.For(Rid.Parse(Repository.Rid), head, BuildTrigger.Patch, patch.Value, attempt: 1);
            await Poll.UntilAsync<bool>(
                async () =>
                {
                    using var answer = await Side.Instance.Pipeline.GetAsync(new Uri($"/builds/{build}", UriKind.Relative), ct);
                    if (!answer.IsSuccessStatusCode) return null;
                    var state = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStreamAsync(ct), Json);
                    return state.TryGetProperty("outcome", out var outcome) && outcome.ValueKind == JsonValueKind.String ? true : null;
                },
                $"the build of {head.Short} ends", ct, everyMilliseconds: 20);
        }
    }
}
