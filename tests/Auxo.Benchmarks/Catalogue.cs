using Auxo.Benchmarks.Checks;
using Auxo.Benchmarks.Console;
using Auxo.Benchmarks.Metrics;
using Auxo.Benchmarks.Notify;
using Auxo.Benchmarks.Radicle;
using Auxo.Benchmarks.Registry;
using Auxo.Benchmarks.Registry.Images;
using Auxo.Benchmarks.Registry.Npm;
using Auxo.Benchmarks.Thread;

namespace Auxo.Benchmarks;

/// <summary>All benchmarks, in the order in which they run: what must find a rested instance comes first.</summary>
internal static class Catalogue
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<Benchmark> All =
    [
        new("thread", "start", "'./auxo up --detach' to all healthy, first and later starts", StartUp.RunAsync),
        new("thread", "memory", "idle memory (PSS) of every process", IdleMemory.RunAsync),
        new("thread", "push", "own push to the first command; run 100 against run 1", OwnPush.RunAsync),
        new("thread", "files", "the same with 512 files", ManyFiles.RunAsync),
        new("thread", "patch", "another node's patch to the first command and to the verdict that its author can read",
            OthersPatch.RunAsync),
        new("thread", "burst", "20 patches at once, all reported", Burst.RunAsync),
        new("thread", "webhooks", "webhooks per second and their latency, beside bare inserts", Webhooks.RunAsync),
        new("thread", "checks", "the six checks on 500 files, beside the same tools by hand", SixChecks.RunAsync),
        new("thread", "sandbox", "a step in the sandbox, beside the bare command", SandboxStep.RunAsync),
        new("thread", "logs", "500 MB that a step prints, into its log; a printed line until a follower has it", LogThroughput.RunAsync),
        new("thread", "history", "secrets in a history of 1 GB, beside 'git cat-file' through grep", WholeHistory.RunAsync),
        new("thread", "queue", "the first command while 1,000 builds wait, beside an empty queue; memory, GET /queue", LongQueue.RunAsync),
        new("radicle", "daily", "'auxo patch create', 'push --wait' and 'merge', beside git by hand", DailyCommands.RunAsync),
        new("radicle", "patches", "10,000 patches read for the first time, beside 'git cat-file'", ColdPatches.RunAsync),
        new("radicle", "sweep", "what 1,000 repositories cost while nobody pushes", QuietSweep.RunAsync),
        new("metrics", "scrape", "/metrics with 10,000 series: time and bytes allocated, beside prometheus-net", Scrape.RunAsync),
        new("metrics", "dora", "the 90-day DORA query at a million events, beside plain SQL", DoraQuery.RunAsync),
        new("registry", "downloads", "files of a raw repository, beside nginx", Downloads.RunAsync),
        new("registry", "uploads", "durable uploads, beside hash + copy + sync and nginx", Uploads.RunAsync),
        new("registry", "npm", "packuments and installations from a warm mirror, beside Verdaccio", Packuments.RunAsync),
        new("registry", "images", "an image of 200 MB by skopeo, beside nginx and docker's registry", ImageCopies.RunAsync),
        new("registry", "collector", "the collector over a million contents", Collector.RunAsync),
        new("secrets", "corpus", "precision and recall of the check secrets, beside gitleaks", SecretCorpusFound.RunAsync),
        new("hooks", "staged", "what a commit of 100 staged files waits for, beside the same tools one by one", StagedFiles.RunAsync),
        new("notify", "deliveries", "deliveries per second and from message to receiver, beside a bare HttpClient", Deliveries.RunAsync),
        // First, since a console at rest has not served fifty readers before.
        new("console", "pages", "every page in a real browser: first paint, from page to page, weight, memory", Pages.RunAsync),
        new("console", "followers", "50 follow the log of a build that prints 10,000 lines a second", Followers.RunAsync),
        new("console", "log", "a printed line until it is seen, and any line of a log of 500 MB, in a real browser", Logs.RunAsync),
    ];

    /// <summary>Those that were asked for.</summary>
    public static IReadOnlyList<Benchmark> Chosen(BenchmarkOptions options)
        => [.. All.Where(b
            => (options.Group is null || b.Group == options.Group) && (options.Only.Count == 0 || options.Only.Contains(b.Name)))];
}
