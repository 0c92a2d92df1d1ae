namespace Auxo.Api.Tracing;

/// <summary>Asks all services what they know of a subject.</summary>
public static class ReadTimeline
{
    /// <summary>Those that know of pushes and builds come first: by what they say the others are asked.</summary>
    public static async Task<Timeline> ReadAsync(TracedServices services, TraceSubject subject, CancellationToken ct)
    {
        var (ids, commits) = (subject.Builds.Select(static b => b.Id).ToList(), subject.Kind == "commit"
            ? [subject.Id]
            : Array.Empty<string>());
        // A build or a trace is a part of its patch's timeline; only the patch has the whole.
        var patch = subject.Kind is "patch" ? subject.Patch : null;
        var (ingest, pipeline) = (
            AskAsync(services, "ingest", s
                => s.ReadAsync(subject.Rid, subject.Kind is "build" or "trace" ? subject.Patch : patch, commits, ids, subject.Traces, ct)),
            AskAsync(services, "pipeline", s => s.ReadAsync(subject.Rid, patch, commits, ids, subject.Traces, ct)));
        await Task.WhenAll(ingest, pipeline);
        var first = new[] { await ingest, await pipeline };
        var lines = first.SelectMany(static a => a.Value ?? []).ToList();
        var traces = subject.Kind is "build" or "trace" ? subject.Traces : Known(subject.Traces, lines.Select(static l => l.Trace));
        if (subject.Kind is "build" or "trace") lines.RemoveAll(
            l => l.Trace is not null && !traces.Contains(l.Trace, StringComparer.Ordinal));
        var builds = subject.Kind is "build" or "commit" ? ids : Known(ids, lines.Select(static l => l.Build));
        var heads = Known(commits, subject.Builds.Select(static b => b.Commit));

        var rest = await Task.WhenAll(
            [
                AskAsync(services, "notify", s => s.ReadAsync(null, null, [], [], traces, ct)),
                AskAsync(services, "metrics", s => s.ReadAsync(subject.Rid, patch, heads, builds, [], ct)),
                AskAsync(services, "registry", s => s.ReadAsync(null, null, [], builds, [], ct)),
                .. services.Names.Select(service => WaitingAsync(services, service, traces, ct)),
            ]);
        lines.AddRange(rest.SelectMany(static a => a.Value ?? []));
        // One look can find several branches and patches, whose builds then share a trace; what is asked for is one of them.
        if (subject.Kind is "build" or "commit")
            lines.RemoveAll(l => l.Build is not null && !ids.Contains(l.Build, StringComparer.Ordinal));
        var missing = first.Concat(rest).Where(static a => a.Error is not null)
            .DistinctBy(static a => a.Service, StringComparer.Ordinal).Select(static a => new MissingPart(a.Service, a.Error!.Message));
        return new Timeline(subject, Arrange(lines, subject), [.. missing]);
    }

    /// <summary>Every entry goes to the section of its trace, else of its build, else to the last one that had begun.</summary>
    private static IReadOnlyList<TimelineSection> Arrange(List<TimelineEntry> lines, TraceSubject subject)
    {
        var ofBuild = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.Where(static l => l is { Build: not null, Trace: not null })) ofBuild.TryAdd(line.Build!, line.Trace!);
        foreach (var build in subject.Builds.Where(static b => b.TraceId is { Length: > 0 })) ofBuild[build.Id] = build.TraceId!;
        // The verdict of a build belongs to the push that it is of, also where a message lost its correlation.
        var traced = lines.Select(l => l with { Trace = (l.Build is { } b ? ofBuild.GetValueOrDefault(b) : null) ?? l.Trace })
            .OrderBy(static l => l.At).ToList();
        var begins = traced.Where(static l => l.Trace is not null).GroupBy(static l => l.Trace!, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => g.Min(static l => l.At), StringComparer.Ordinal);
        var sections = traced.GroupBy(l => l.Trace ?? begins.Where(b => b.Value <= l.At).OrderBy(static b => b.Value)
            .Select(static b => b.Key).LastOrDefault() ?? begins.Keys.FirstOrDefault(), StringComparer.Ordinal);
        return [.. sections.Select(static c => new TimelineSection(c.Key, [.. c.OrderBy(static l => l.State == "open")]))
            .OrderBy(static c => c.Entries[0].At)];
    }

    private static Task<TracedServices.Answer<IReadOnlyList<TimelineEntry>>> AskAsync(
        TracedServices services, string service, Func<ITimeline, Task<Page<TimelineEntry>>> ask)
        => services.AskAsync<IReadOnlyList<TimelineEntry>>(
            service, async () => [.. (await ask(services.Timeline(service))).Items.Select(l => l with { Service = service })]);

    /// <summary>Messages on their way are under way; those that were given up have stopped it.</summary>
    private static Task<TracedServices.Answer<IReadOnlyList<TimelineEntry>>> WaitingAsync(
        TracedServices services, string service, IReadOnlyList<string> traces, CancellationToken ct)
        => services.AskAsync<IReadOnlyList<TimelineEntry>>(service, async () =>
        {
            if (traces.Count == 0) return [];
            var messaging = services.Messaging(service);
            var (waiting, dead) = (messaging.WaitingAsync(traces, ct), messaging.DeadLettersAsync(ct));
            await Task.WhenAll(waiting, dead);
            return
            [
                .. (await waiting).Items.Select(m => new TimelineEntry(
                    m.SentAt, "message_waiting", "open",
                    $"{m.MessageType} waits to be handled{(m.Attempts > 0 ? $"; it failed {m.Attempts} times" : "")}",
                    m.CorrelationId, null, "auxo queues list")
                { Service = service }),
                .. (await dead).Items.Where(d => d.CorrelationId is { } trace && traces.Contains(trace, StringComparer.Ordinal))
                    .Select(d => new TimelineEntry(
                    d.BuriedAt, "message_given_up", "failed", $"{d.MessageType} could not be handled: {d.Detail ?? d.Reason}",
                    d.CorrelationId, null, $"auxo queues replay {d.Id[..8]}")
                { Service = service }),
            ];
        });

    private static IReadOnlyList<string> Known(IEnumerable<string> some, IEnumerable<string?> more)
        => [.. some.Concat(more.OfType<string>()).Where(static s => s.Length > 0).Distinct(StringComparer.Ordinal)];
}
