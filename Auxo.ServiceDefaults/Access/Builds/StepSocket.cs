using System.Net.Sockets;

using Auxo.Instances;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.ServiceDefaults.Access.Builds;

/// <summary>
/// The socket on which the registry hears the steps of builds: a file that only this account can connect to. Who comes in by it has
/// the rights of its token and nothing of a program of this machine (<see cref="LocalCaller"/>).
/// </summary>
public static class StepSocket
{
    /// <summary>Has the service listen there too, and believe tokens of builds.</summary>
    public static IServiceCollection AddBuildTokens(this IServiceCollection services, InstanceLayout layout)
        => services.AddSingleton(BuildTokenKey.Of(layout));

    /// <summary>Listens there beside the usual addresses. Call it before the start; a path that is too long is left out.</summary>
    public static void ListenToSteps(this WebApplication app, InstanceLayout layout)
    {
        if (layout.StepSocket is not { } socket) return;
        PrivateFiles.MakeFolder(Path.GetDirectoryName(socket)!);
        // A process that was killed left it.
        File.Delete(socket);
        // What is named here takes the place of what the settings name, so that is named again.
        if (app.Urls.Count == 0)
        {
            foreach (var url in (app.Configuration[WebHostDefaults.ServerUrlsKey] ?? "").Split(
                ';', StringSplitOptions.RemoveEmptyEntries)) app.Urls.Add(url);
        }

        app.Urls.Add("http://unix:" + socket);
    }

    /// <summary>Whether the request came in by a socket of the file system.</summary>
    public static bool Is(HttpContext http)
        => http.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
}
