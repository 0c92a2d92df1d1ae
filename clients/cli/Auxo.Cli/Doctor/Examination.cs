using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

using Auxo.Api;
using Auxo.Cli.Instances;
using Auxo.Cli.Output;
using Auxo.Cli.Status;
using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Cli.Doctor;

/// <summary>
/// Asks each part of Auxo about what it needs. What runs is asked over HTTP, because its environment is the one that counts;
/// what does not run is asked by its program. So there is one judgement of each thing, in the part that lives with it.
/// </summary>
internal static class Examination
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    public static async Task<IReadOnlyList<Examined>> RunAsync(Session session, CancellationToken ct)
    {
        var instance = TryFind(session);
        var machine = ByProgramAsync(session.Host, "Auxo.AppHost", ct);
        var sandbox = EitherAsync(session, instance, "pipeline", "Auxo.Pipeline", ct);
        var radicle = EitherAsync(session, instance, "ingest", "Auxo.Ingest", ct);
        var running = RunningAsync(session, instance, ct);
        await Task.WhenAll(machine, sandbox, radicle, running);
        return [new("Machine and folder", await machine), new("Steps and checks", await sandbox),
            new("Radicle", await radicle), new("Services", await running)];
    }

    private static Instance? TryFind(Session session)
    {
        try
        {
            return session.Clients.Instance;
        }
        catch (CliException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyList<Diagnosis>> EitherAsync(
        Session session, Instance? instance, string service, string program, CancellationToken ct)
    {
        if (instance is not null && (await Attempt.OfAsync(service, () => session.Clients.Diagnosis(service).LookAsync(ct)))
            .Value is { } answer) return answer.Items;
        return await ByProgramAsync(session.Host, program, ct);
    }

    /// <summary>The program of a part, built beside this one, only looks and ends.</summary>
    private static async Task<IReadOnlyList<Diagnosis>> ByProgramAsync(CliHost host, string name, CancellationToken ct)
    {
        var program = host.ProgramOf(name);
        if (!File.Exists(program)) return [new Diagnosis("built", "warning",
            "not built yet, so it cannot look at what it needs", "./auxo up   (installs what is missing, builds, starts)")];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            var start = new ProcessStartInfo(program, ["diagnose"])
            {
                UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            foreach (var variable in (string[])["AUXO_HOME", "RAD_HOME", "RAD_SOCKET", "HOME", "XDG_DATA_HOME", "PATH"])
            {
                if (host.Variable(variable) is { } value) start.Environment[variable] = value;
            }

            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            try
            {
                var errors = LimitedText.ReadAsync(process.StandardError, process.Kill, limit.Token);
                var output = await LimitedText.ReadAsync(process.StandardOutput, process.Kill, limit.Token);
                await process.WaitForExitAsync(limit.Token);
                if (output is null || await errors is not { } said) return Failed("it " + LimitedText.TooLong);
                return process.ExitCode == 0
                    ? JsonSerializer.Deserialize<Page<Diagnosis>>(output, ApiJson.Options)!.Items
                    : Failed(said.Split('\n').FirstOrDefault(static l => l.Length > 0) ?? "it ended without a word");
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (
            e is Win32Exception or JsonException or IOException || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            return Failed(e is OperationCanceledException ? $"it did not answer in {Duration.Of(Patience.TotalSeconds)}" : e.Message);
        }

        IReadOnlyList<Diagnosis> Failed(string why)
            => [new Diagnosis(name, "trouble", $"could not look: {why}", "./auxo up   (builds it again)")];
    }

    private static async Task<IReadOnlyList<Diagnosis>> RunningAsync(Session session, Instance? instance, CancellationToken ct)
    {
        if (instance is null) return [new Diagnosis("auxo", "warning", "does not run", "./auxo up --detach")];
        var clients = session.Clients;
        var resources = Attempt.OfAsync("apphost", () => clients.AppHost.ResourcesAsync(ct));
        var queues = Task.WhenAll(KnownServices.Names.Select(name => Attempt.OfAsync(name, () => clients.Messaging(name).QueuesAsync(ct))));
        var outbox = Attempt.OfAsync("outbox", () => clients.Ingest.OutboxAsync(ct));
        var channels = Attempt.OfAsync("channels", () => clients.Notify.ChannelsAsync(ct));
        var console = Attempt.OfAsync("console", () => clients.Diagnosis("console").LookAsync(ct));
        await Task.WhenAll(resources, queues, outbox, channels, console);
        // A console that does not answer is named among the resources.
        return [.. Resources(await resources), .. Queues(await queues), .. Comments(await outbox), .. Channels(await channels),
            .. (await console).Value?.Items ?? []];
    }

    private static IEnumerable<Diagnosis> Resources(Attempt<Page<ResourceInfo>> answer)
    {
        if (answer.Error is { } error)
        {
            yield return new Diagnosis("apphost", "trouble", error.Message, error.Hint ?? "./auxo up --detach");
            yield break;
        }

        var ill = answer.Value!.Items.Where(static r => !AuxoStatus.IsWell(r.State)).ToList();
        foreach (var r in ill) yield return new Diagnosis(r.Name, "trouble", $"is {r.State}{(r.Reason is null ? "" : ": " + r.Reason)}",
            $"its log: {r.Name}.log in AUXO_HOME/logs; './auxo down' and './auxo up --detach' start it again");
        foreach (var r in answer.Value.Items.Where(static r => r.Restarts > 2 && AuxoStatus.IsWell(r.State))) yield return new Diagnosis(
            r.Name, "warning", $"runs, but was started again {r.Restarts} times", $"its log: {r.Name}.log in AUXO_HOME/logs");
        if (ill.Count == 0) yield return new Diagnosis(
            "services", "fine", string.Join(", ", answer.Value.Items.Select(static r => r.Name)) + " run");
    }

    private static IEnumerable<Diagnosis> Queues(IReadOnlyList<Attempt<Page<QueueInfo>>> answers)
    {
        foreach (var a in answers.Where(static a => a.Error is not null)) yield return new Diagnosis(
            a.Name, "trouble", a.Error!.Message, a.Error.Hint);
        var queues = answers.SelectMany(static a => a.Value?.Items ?? []).ToList();
        var (dead, old) = (queues.Sum(static q => q.DeadLetters), queues.Where(static q => q.OldestSeconds > 60).ToList());
        if (dead > 0) yield return new Diagnosis(
            "messages", "trouble", $"{dead} could not be handled", "why: auxo queues dead-letters; when it is mended: auxo queues replay");
        foreach (var q in old) yield return new Diagnosis(
            $"queue {q.Queue}", "warning", $"{q.Ready} wait, the oldest for {Duration.Of(q.OldestSeconds)}", "auxo status");
        if (dead == 0 && old.Count == 0 && queues.Count > 0) yield return new Diagnosis(
            "messages", "fine", "none waits long, none was given up");
    }

    private static IEnumerable<Diagnosis> Comments(Attempt<Page<OutboxEntry>> answer)
    {
        var waiting = answer.Value?.Items.Where(static e => e.State == "waiting" && e.Reason is not null).ToList() ?? [];
        if (waiting.Count > 0) yield return new Diagnosis(
            "comments", "warning", $"{waiting.Count} wait: {waiting[0].Reason}", "auxo outbox");
    }

    private static IEnumerable<Diagnosis> Channels(Attempt<Page<NotifyChannel>> answer)
    {
        foreach (var c in answer.Value?.Items ?? [])
        {
            if (!c.Enabled || c.Problem is not null) yield return new Diagnosis(
                $"channel {c.Name}", "warning", c.Problem ?? "is disabled", $"auxo notify test {c.Name}");
            if (c.Dead > 0) yield return new Diagnosis($"channel {c.Name}", "warning",
                $"{c.Dead} notifications were given up", $"auxo notify deliveries --channel {c.Name} --state dead");
        }
    }
}
