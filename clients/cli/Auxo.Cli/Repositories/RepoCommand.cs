using System.CommandLine;

using Auxo.Cli.Baselines;
using Auxo.Cli.Repositories.Health;
using Auxo.Cli.Repositories.Starting;
using Auxo.Cli.Repositories.Visibility;

namespace Auxo.Cli.Repositories;

/// <summary><c>auxo repo …</c></summary>
internal static class RepoCommand
{
    public static Command Create(CliHost host) => new("repo", "Make repositories, and say which ones Auxo follows")
    {
        InitRepository.Create(host),
        AdoptRepository.Create(host),
        TrackRepository.Create(host),
        ListRepositories.Create(host),
        RepoHealth.Create(host),
        UntrackRepository.Create(host),
        TrustAuthor.Create(host),
        TrustAuthor.CreateDistrust(host),
        PublishRepository.Create(host),
        ShowVisibility.Create(host),
        RenewSecret.Create(host),
        SweepRepository.Create(host),
        BaselineCommand.Create(host),
    };
}
