using System.Reflection;

using Auxo.BackgroundWork;

using Microsoft.Extensions.Hosting;

namespace Auxo.Architecture.Tests;

/// <summary>No error ends a service's background work: it is a turn or a job of <see cref="BackgroundLoop"/>.</summary>
public sealed class BackgroundWorkTests
{
    /// <summary>Those that are no loop of that kind, each with its reason.</summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["Auxo.Ingest.LoadSecrets"] = "done once, before the service listens; it must not start without",
        ["Auxo.Ingest.ReceiptLog"] = "hands every error to the callers that wait for it, and lets them go when it stops",
        ["Auxo.Pipeline.ExecutionStart"] = "done once, before the first build; it must not start without",
        ["Auxo.Registry.FetchLog"] = "writes what is waiting when it is told to stop, and ends when that is done",
    };

    [Fact]
    public void every_hosted_service_is_a_background_loop_or_has_a_reason_not_to_be()
        => Assert.Equal(
            Others.Keys.Order(StringComparer.Ordinal),
            Solution.Projects.Values.Where(static p => p.IsService).SelectMany(static p => Assembly.Load(p.Name).GetTypes())
                .Where(static t => t.IsAssignableTo(typeof(IHostedService)) && !t.IsAssignableTo(typeof(BackgroundLoop)))
                .Select(static t => $"{t.Assembly.GetName().Name}.{t.Name}").Order(StringComparer.Ordinal));
}
