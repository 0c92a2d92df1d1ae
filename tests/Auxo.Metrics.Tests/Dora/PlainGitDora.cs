using System.Globalization;
using System.Text.RegularExpressions;

using Auxo.Git;

namespace Auxo.Metrics.Tests.Dora;

/// <summary>
/// Lead times and failed deployments by the letter of docs/dora.md, from what git itself says of a repository: sets of commits,
/// and no line of the service.
/// </summary>
internal sealed partial record PlainGitDora(string LeadTimes, string Untimed, string Failed, string Recoveries, int Open, int Unattributed)
{
    public static async Task<PlainGitDora> OfAsync(GeneratedCommits generated)
    {
        var commits = await ReadAsync(generated.Folder);
        var heads = generated.Heads;
        var reached = heads.Select(h => Reach(commits, h.Commit)).ToList();
        var (leads, untimed, brought, live) = (new List<string>(), new List<string>(), new Dictionary<string, int>(), new HashSet<int>());
        var (failed, open, unattributed) = (new Dictionary<int, List<(int From, int To)>>(), new HashSet<int>(), 0);

        for (var d = 0; d < generated.Live.Count; d++)
        {
            var (index, hour) = generated.Live[d];
            var news = Enumerable.Range(0, index + 1).Where(i => IsPart(i, index) && live.Add(i)).ToList();
            foreach (var i in news)
            {
                foreach (var commit in reached[i]) brought.TryAdd(commit, d);
                if (i == 0 || !reached[i].Contains(heads[i - 1].Commit)) untimed.Add(heads[i].Commit);
                else leads.Add($"{heads[i].Commit} {hour - Gained(i).Min(c => commits[c].Authored)}");
                Judge(i, d);
            }
        }

        foreach (var i in Enumerable.Range(0, heads.Count).Where(i => !live.Contains(i) && IsPart(i, heads.Count - 1))) Judge(i, null);
        return new PlainGitDora(
            Say(leads), Say(untimed), Say(failed.Keys.Concat(open).Distinct().Select(d => heads[generated.Live[d].Head].Commit)),
            Say(failed.Where(f => !open.Contains(f.Key)).Select(f
                => $"{f.Key} {Enumerable.Range(0, 1000).Count(h => f.Value.Exists(t => h >= t.From && h < t.To))}")),
            open.Count, unattributed);

        HashSet<string> Gained(int i) => i == 0 ? [.. reached[0]] : [.. reached[i].Except(reached[i - 1])];

        // A push comes with a later head unless the branch was written again without it.
        bool IsPart(int i, int index)
            => !Enumerable.Range(i + 1, index - i).Any(j
                => reached[j - 1].Contains(heads[i].Commit) && !reached[j].Contains(heads[i].Commit));

        void Judge(int i, int? d)
        {
            foreach (var revert in Oldest(Gained(i)))
            {
                var taken = commits[revert].Names.Where(reached[i].Contains).ToList();
                if (taken.Count == 0) continue;
                if (!TakesBack(revert))
                {
                    if (d is { } again)
                    {
                        foreach (var once in taken.SelectMany(Taken)) brought[once] = again;
                    }

                    continue;
                }

                var (causes, isNobodys) = (new HashSet<int>(), false);
                foreach (var target in taken.Where(t => !TakesBack(t)))
                {
                    if (!brought.TryGetValue(target, out var cause))
                    {
                        isNobodys |= !heads.Index().Any(h => Gained(h.Index).Contains(target));
                        continue;
                    }

                    if (cause == d || !causes.Add(cause)) continue;
                    var at = generated.Live[cause].Hour;
                    var noticed = Math.Max(at, Math.Min(commits[revert].Authored, heads[i].Hour));
                    if (d is not { } recovered) open.Add(cause);
                    else if (failed.TryGetValue(cause, out var times)) times.Add((noticed, generated.Live[recovered].Hour));
                    else failed[cause] = [(noticed, generated.Live[recovered].Hour)];
                }

                if (isNobodys) unattributed++;
            }
        }

        // What a message names counts where the branch contained it when the revert came.
        List<string> Taken(string commit)
            => Enumerable.Range(0, heads.Count).Where(i => Gained(i).Contains(commit)).Take(1)
                .SelectMany(i => commits[commit].Names.Where(reached[i].Contains)).ToList();

        // One that names nothing of this branch is still a revert when its title says so.
        bool TakesBack(string commit)
            => Taken(commit) is { Count: > 0 } taken ? taken.Exists(n => !TakesBack(n)) : commits[commit].IsRevertByTitle;

        IEnumerable<string> Oldest(HashSet<string> of) => commits.Keys.Where(of.Contains);
    }

    public static string Say(IEnumerable<string> words) => string.Join('\n', words.Order(StringComparer.Ordinal));

    /// <summary>All commits, parents before children.</summary>
    private static async Task<OrderedDictionary<string, Commit>> ReadAsync(string folder)
    {
        var said = await GitCommand.RunAsync(
            folder, ["log", "--all", "--topo-order", "--reverse", "--format=%H|%P|%at|%B%x00"], CancellationToken.None);
        var commits = new OrderedDictionary<string, Commit>(StringComparer.Ordinal);
        foreach (var entry in said.Split('\0').Select(static e => e.TrimStart('\n')).Where(static e => e.Length > 0))
        {
            var parts = entry.Split('|', 4);
            var authored = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[2], CultureInfo.InvariantCulture));
            var hour = (int)(authored - GeneratedCommits.Start).TotalHours;
            commits[parts[0]] = new Commit(parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries), hour, [.. Named().Matches(parts[3])
                .Select(static m => m.Groups["id"].Value)], parts[3].StartsWith("Revert \"", StringComparison.Ordinal));
        }

        foreach (var (id, commit) in commits.ToList()) commits[id] = commit with
        {
            Names = [.. commit.Names.Select(n => commits.Keys.Single(c => c.StartsWith(n, StringComparison.Ordinal))).Distinct()],
        };
        return commits;
    }

    private static HashSet<string> Reach(OrderedDictionary<string, Commit> commits, string head)
    {
        var (reached, open) = (new HashSet<string>(StringComparer.Ordinal), new Stack<string>([head]));
        while (open.TryPop(out var commit))
        {
            if (!reached.Add(commit)) continue;
            foreach (var parent in commits[commit].Parents) open.Push(parent);
        }

        return reached;
    }

    [GeneratedRegex("^This reverts commit (?<id>[0-9a-f]+)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Named();

    private sealed record Commit(string[] Parents, int Authored, IReadOnlyList<string> Names, bool IsRevertByTitle);
}
