using System.Net.Sockets;

using Auxo.Instances;

using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Auxo.ServiceDefaults.Access.Builds;

/// <summary>
/// The socket on which the registry hears the steps of builds: a file that only this account can connect to. Who comes in by it has
/// the rights of its token and nothing of a program of this machine (<see cref="LocalCaller"/>).
/// </summary>
public static class StepSocket
{
    /// <summary>
    /// Has the service listen there beside its usual addresses, and believe tokens of builds. Where the path would be too long, it
    /// only believes them.
    /// </summary>
    public static IServiceCollection HearSteps(this IServiceCollection services, InstanceLayout layout)
        => services.AddSingleton(BuildTokenKey.Of(layout)).AddHostedService(provider => new StepSocketStart(
            layout, provider.GetRequiredService<IServer>(), provider.GetRequiredService<IConfiguration>()));

    /// <summary>Whether the request came in by a socket of the file system.</summary>
    public static bool Is(HttpContext http)
        => http.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
}

/// <summary>
/// Names the socket to the server: after it is known that no other process of this service runs, and before the server listens.
/// </summary>
internal sealed class StepSocketStart(InstanceLayout layout, IServer server, IConfiguration configuration) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (layout.StepSocket is not { } socket
            || server.Features.Get<IServerAddressesFeature>() is not { Addresses: { IsReadOnly: false } addresses })
            return Task.CompletedTask;
        PrivateFiles.MakeFolder(Path.GetDirectoryName(socket)!);
        // A process that was killed left it.
        File.Delete(socket);
        // What is named here takes the place of what the settings name, so that is named again.
        if (addresses.Count == 0)
        {
            foreach (var url in (configuration[WebHostDefaults.ServerUrlsKey] ?? "").Split(
                ';', StringSplitOptions.RemoveEmptyEntries)) addresses.Add(url);
        }

        addresses.Add("http://unix:" + socket);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
