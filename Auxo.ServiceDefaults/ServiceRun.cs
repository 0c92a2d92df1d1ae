using JasperFx;

using Microsoft.AspNetCore.Builder;

namespace Auxo.ServiceDefaults;

/// <summary>How a service's program ends.</summary>
public static class ServiceRun
{
    /// <summary>Runs the service; with arguments one of JasperFx' commands, such as <c>codegen write</c> in the build.</summary>
    public static async Task<int> RunServiceAsync(this WebApplication app, string[] args)
    {
        if (args is ["codegen", ..] or ["describe", ..]) return await app.RunJasperFxCommands(args);
        await app.RunAsync();
        return Environment.ExitCode;
    }
}
