using Auxo.ServiceDefaults.Storage;

using JasperFx;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Auxo.ServiceDefaults;

/// <summary>How a service's program starts and ends.</summary>
public static class ServiceRun
{
    /// <summary>
    /// Runs the service until it is told to stop; with arguments one of JasperFx' commands, such as <c>codegen write</c> in the
    /// build. A start that is refused is one line on standard error; what nobody foresaw ends the program as an unhandled exception.
    /// </summary>
    /// <returns>The exit code: 1 after a refused start.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app, string[] args)
    {
        if (args is ["codegen", ..] or ["describe", ..]) return await app.RunJasperFxCommands(args);
        try
        {
            await app.StartAsync(CancellationToken.None);
        }
        catch (Exception e) when (WhyRefused(e) is { } reason)
        {
            var service = app.Services.GetRequiredService<ServiceIdentity>();
            await Console.Error.WriteLineAsync($"auxo: {service.Name} does not start: {reason.ReplaceLineEndings(" ")}");
            return 1;
        }

        await app.WaitForShutdownAsync(CancellationToken.None);
        await app.DisposeAsync();
        return Environment.ExitCode;
    }

    private static string? WhyRefused(Exception e) => e switch
    {
        RefusedStartException or SchemaException => e.Message,
        IOException { InnerException: AddressInUseException } => $"{e.Message} Another program listens there.",
        _ when DatabaseAway.Is(e) => $"the database does not answer: {e.GetBaseException().Message}",
        _ => null,
    };
}

/// <summary>A service may not start as things are; the message says why and what to do, on one line.</summary>
public sealed class RefusedStartException(string message) : Exception(message);
