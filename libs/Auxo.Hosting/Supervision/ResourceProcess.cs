using System.Collections;
using System.Runtime.InteropServices;

using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

using Auxo.Hosting.Model;
using Auxo.Instances;

using Microsoft.Extensions.Logging.Abstractions;

namespace Auxo.Hosting.Supervision;

/// <summary>How a resource of the model becomes a process without Aspire's orchestrator.</summary>
internal static class ResourceProcess
{
    /// <summary>
    /// Aspire leaves two placeholders to its orchestrator. They are outside any contract, so another one that comes with a new
    /// version must be seen.
    /// </summary>
    private const string ServiceName = "{{- index .Annotations \"otel-service-name\" -}}";
    private const string ServiceInstance = "{{- index .Annotations \"otel-service-instance-id\" -}}";

    /// <summary>The signal that ends it in order.</summary>
    public static PosixSignal StopSignalOf(IResource resource)
        => resource is PrivatePostgresResource ? PosixSignal.SIGINT : PosixSignal.SIGTERM;

    /// <summary>Its start, or null when it has no process.</summary>
    /// <exception cref="HostingException">Its program is not there, or its environment cannot be made.</exception>
    public static async Task<ChildProcessStart?> StartOfAsync(
        IResource resource, DistributedApplicationExecutionContext context, bool telemetry, CancellationToken ct)
    {
        if (resource is PrivatePostgresResource postgres) return postgres.StartOfServer;
        var program = resource.Annotations.OfType<ExecutableAnnotation>().LastOrDefault();
        if (program is null) return null;
        if (!File.Exists(program.Command)) throw new HostingException($"{program.Command} is not there; './auxo up' builds it.");
        var configuration = await ExecutionConfigurationBuilder.Create(resource).WithArgumentsConfig().WithEnvironmentVariablesConfig()
            .BuildAsync(context, NullLogger.Instance, ct);
        if (configuration.Exception is { } e) throw new HostingException($"The environment of {resource.Name} cannot be made: {e.Message}");
        return new ChildProcessStart(program.Command, [.. configuration.Arguments.Select(static a => a.Value)])
        {
            WorkingDirectory = program.WorkingDirectory,
            Environment = EnvironmentOf(resource.Name, configuration.EnvironmentVariables, telemetry),
        };
    }

    /// <summary>What is inherited and, above it, what the model says.</summary>
    private static Dictionary<string, string> EnvironmentOf(
        string resource, IEnumerable<KeyValuePair<string, string>> model, bool telemetry)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? "", StringComparer.Ordinal);
        foreach (var (name, value) in model)
        {
            // Aspire names a dashboard's address also when there is none; an operator's own is inherited.
            if (!telemetry && name.StartsWith("OTEL_EXPORTER_OTLP_", StringComparison.Ordinal)) continue;
            environment[name] = value
                .Replace(ServiceName, resource, StringComparison.Ordinal)
                .Replace(ServiceInstance, Environment.ProcessId.ToString(), StringComparison.Ordinal);
            if (environment[name].Contains("{{", StringComparison.Ordinal))
                throw new HostingException($"{name} of {resource} has a placeholder that only './auxo dev' fills: {value}");
        }

        return environment;
    }
}
