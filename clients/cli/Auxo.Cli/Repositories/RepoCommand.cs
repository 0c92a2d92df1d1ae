using System.CommandLine;

using Auxo.Cli.Baselines;

namespace Auxo.Cli.Repositories;

/// <summary><c>auxo repo …</c></summary>
internal static class RepoCommand
{
    public static Command Create(CliHost host) => new("repo", "Say which repositories Auxo follows")
    {
        TrackRepository.Create(host),
        ListRepositories.Create(host),
        UntrackRepository.Create(host),
        TrustAuthor.Create(host),
        TrustAuthor.CreateDistrust(host),
        PublishRepository.Create(host),
        RenewSecret.Create(host),
        SweepRepository.Create(host),
        BaselineCommand.Create(host),
    };
}
