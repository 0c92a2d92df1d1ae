using System.Net;

using Auxo.Hosting.ApplicationModel;
using Auxo.Hosting.Instance;

namespace Auxo.Hosting.Orchestration;

/// <summary>Runs a project's built executable and watches its <c>/health</c>.</summary>
internal sealed class ProjectRunner(
    ProjectResource project, string executable, string bind, Func<IReadOnlyDictionary<string, string>> environment, InstanceFolder folder,
    HttpClient http, ResourceLog log, TimeProvider time)
    : ResourceRunner(project, InitialSnapshot(project, bind, time), log, time)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StartPoll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>So many probes in a row without a sign of life, and it is taken for hung.</summary>
    private const int HungAfter = 6;

    protected override async Task<string> LiveAsync(CancellationToken stop)
    {
        if (!File.Exists(executable)) throw new HostingException($"{executable} is not there; './auxo up' builds it.");
        if (project.Port is { } port
            && Ports.Taken(IPAddress.Parse(bind), port, project.Name) is { } taken) throw new HostingException(taken);
        using var child = ChildProcess.Start(new ChildProcessStart(executable, [])
        {
            Environment = environment(), WorkingDirectory = Path.GetDirectoryName(executable)!, OnLine = Log.Write,
        });
        folder.Remember(project.Name, child.Id);
        try
        {
            Set(ResourceState.Starting, pid: child.Id);
            await BecomeHealthyAsync(child, stop);
            if (!child.Exited.IsCompleted) return await WatchAsync(child, stop);
            return $"{project.Name} ended with {await child.Exited} at its start";
        }
        finally
        {
            if (!child.Exited.IsCompleted)
            {
                // A start that failed stays one; only an order to stop shows as stopping.
                if (stop.IsCancellationRequested) Set(ResourceState.Stopping, pid: child.Id);
                await child.StopAsync(System.Runtime.InteropServices.PosixSignal.SIGTERM, StopLimit);
            }

            folder.Forget(project.Name);
        }
    }

    private async Task BecomeHealthyAsync(ChildProcess child, CancellationToken stop)
    {
        var began = Time.GetTimestamp();
        while (!child.Exited.IsCompleted && !await AnswersAsync("/health", stop))
        {
            if (Time.GetElapsedTime(began) > StartLimit)
                throw new HostingException(
                    $"{project.Name} did not become healthy in {StartLimit.TotalSeconds:0} s; its log says why: "
                        + $"{folder.Logs}/{project.Name}.log");
            await Task.WhenAny(child.Exited, Task.Delay(StartPoll, Time, stop));
            stop.ThrowIfCancellationRequested();
        }
    }

    private async Task<string> WatchAsync(ChildProcess child, CancellationToken stop)
    {
        Set(ResourceState.Running, pid: child.Id);
        for (var silent = 0; silent < HungAfter;)
        {
            await Task.WhenAny(child.Exited, Task.Delay(Poll, Time, stop));
            stop.ThrowIfCancellationRequested();
            if (child.Exited.IsCompleted) return $"{project.Name} ended with {await child.Exited}";
            var healthy = await AnswersAsync("/health", stop);
            silent = healthy || await AnswersAsync("/alive", stop) ? 0 : silent + 1;
            Set(healthy
                ? ResourceState.Running
                : ResourceState.RuntimeUnhealthy, healthy ? null : $"{Snapshot.Urls[0]}/health does not say that it is well", child.Id);
        }

        return $"{project.Name} gave no sign of life for {(Poll * HungAfter).TotalSeconds:0} s";
    }

    private async Task<bool> AnswersAsync(string path, CancellationToken stop)
    {
        if (project.Port is null) return true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Poll);
        try
        {
            using var answer = await http.GetAsync(new Uri(Snapshot.Urls[0] + path), limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }

    private static ResourceSnapshot InitialSnapshot(ProjectResource project, string bind, TimeProvider time)
        => new(project.Name, "project", ResourceState.NotStarted, null, project.Url(bind) is { } url
            ? [url]
            : [], 0, time.GetUtcNow(), null);
}
