#!/usr/bin/env bash
# .NET 10: every event of a FileSystemWatcher runs in the execution context in which EnableRaisingEvents was set, for as long as the watcher lives. Whoever
# starts one while an Activity is current (in a request, or in the first of many scans) gives that Activity's trace id to everything that any later change of
# the folder begins; it stays Activity.Current there long after it was stopped. A timer is known for that; a watcher of files looks like news from outside,
# which begins a trace of its own.
# What Auxo does: services/ingest/Scanning/RepositoryWatch.cs hands such news to its loop without a trace, and the loop begins without one. Before, all commits
# of a plain git repository shared the trace of the first.
# Seen on 2026-11-29 with .NET 10.0: 'trace of the start: True, stopped: True; with the flow suppressed: none'.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/p.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
  </PropertyGroup>
</Project>
XML
cat >"$folder/Program.cs" <<'CS'
using System.Diagnostics;

async Task<Activity?> SeenAsync(bool suppressed)
{
    var watched = Directory.CreateTempSubdirectory().FullName;
    using var watcher = new FileSystemWatcher(watched);
    var seen = new TaskCompletionSource<Activity?>(TaskCreationOptions.RunContinuationsAsynchronously);
    watcher.Created += (_, _) => seen.TrySetResult(Activity.Current);
    var first = new Activity("first scan").Start();
    if (suppressed)
    {
        using (ExecutionContext.SuppressFlow()) watcher.EnableRaisingEvents = true;
    }
    else watcher.EnableRaisingEvents = true;
    first.Stop();
    // Long after, from another activity: somebody pushes.
    var push = new Activity("push").SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom()).Start();
    await File.WriteAllTextAsync(Path.Combine(watched, "ref"), "");
    push.Stop();
    var current = await seen.Task.WaitAsync(TimeSpan.FromSeconds(30));
    Directory.Delete(watched, recursive: true);
    if (!suppressed) Console.Write($"trace of the start: {current?.TraceId == first.TraceId}, stopped: {current?.IsStopped}; ");
    return current;
}

await SeenAsync(suppressed: false);
Console.WriteLine($"with the flow suppressed: {(await SeenAsync(suppressed: true))?.OperationName ?? "none"}");
CS
said=$(cd "$folder" && dotnet run -v quiet)
echo "$said"
[ "$said" = 'trace of the start: True, stopped: True; with the flow suppressed: none' ] || {
    echo "This has changed: see whether RepositoryWatch still has to begin traces itself." >&2
    exit 1
}
