using System.Net.Sockets;

using Auxo.Pipeline.Execution.Bubblewrap;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.ServiceDefaults.Access.Builds;
using Auxo.ServiceDefaults.Doctor;

namespace Auxo.Pipeline.Doctor;

/// <summary>Whether steps reach the registry.</summary>
internal static class RegistryDiagnosis
{
    private const string Name = "steps: registry";

    /// <summary>Looks at the setting, the key of the tokens, and whether the registry hears steps now.</summary>
    /// <param name="repositories">What the operator gives.</param>
    /// <param name="layout">Where the key and the socket are.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<Diagnosis> LookAsync(StepRepositories repositories, InstanceLayout layout, CancellationToken ct)
    {
        if (!repositories.AreGiven)
            return new Diagnosis(
                Name, Health.Fine, "they hear nothing of it; Auxo__Steps__Registry=npm,pypi gives it to those of trusted authors");
        if (layout.StepSocket is not { } socket)
            return new Diagnosis(Name, Health.Warning,
                $"they do not reach it: the path of its socket would be too long in {layout.Home}", "use a shorter AUXO_HOME");
        if (BuildTokenKey.Of(layout).Read() is null)
            return new Diagnosis(
                Name, Health.Warning, $"they do not reach it: there is no key for their tokens ({layout.BuildTokenKey})", "./auxo up");
        if (OperatingSystem.IsLinux() && !Environment.IsPrivilegedProcess && BubblewrapExecutor.FindProgram("perl") is null)
            return new Diagnosis(
                Name, Health.Warning, "they do not reach it: where Auxo is not root, the way needs perl", "sudo apt install perl-base");
        return await IsHeardAsync(socket, ct)
            ? new Diagnosis(Name, Health.Fine, $"those of trusted authors reach it ({Given(repositories.Reads)}) and "
                + (repositories.Writes.Count == 0 ? "write to nothing in it" : $"may write to {string.Join(", ", repositories.Writes)}"))
            : new Diagnosis(Name, Health.Warning, "the registry does not listen for steps now; their package programs get an error",
                "auxo status   (is the registry up?)");
    }

    private static string Given(IReadOnlyList<StepRepository> reads)
        => string.Join(", ", reads.Select(static read => read.Format == read.Name ? read.Name : $"{read.Format}:{read.Name}"));

    private static async Task<bool> IsHeardAsync(string path, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
