using System.CommandLine;

using Auxo.Cli.Registry.Setup;

namespace Auxo.Cli.Registry;

/// <summary><c>auxo registry define | list | packages | remove | cleanup | setup</c></summary>
internal static class RegistryCommand
{
    public static Command Create(CliHost host) => new("registry", "Repositories of packages and images, and the clients that use them")
    {
        DefineRepository.Create(host), ListRepositories.Create(host), ListPackages.Create(host), DefineRepository.CreateRemove(host),
        CleanUpPackages.Create(host), SetUpClient.Create(host),
    };

    /// <summary>The formats that a repository can have.</summary>
    public static readonly string[] Formats = ["npm", "pypi", "nuget", "oci", "raw"];
}
