using System.CommandLine;

using Auxo.Cli.Mirrors.Prefetching;

namespace Auxo.Cli.Mirrors;

/// <summary><c>auxo mirror add | list | status | refresh | prefetch | forget</c></summary>
internal static class MirrorCommand
{
    public static Command Create(CliHost host) => new("mirror", "Mirrors of the world's registries: what you use, kept here")
    {
        AddMirror.Create(host), ListMirrors.Create(host), ListMirrors.CreateStatus(host), RefreshMirror.Create(host),
        PrefetchPackages.Create(host), RefreshMirror.CreateForget(host),
    };

    /// <summary>The repository that mirrors.</summary>
    public static Argument<string> Repository() => new("repository") { Description = "The mirror's repository" };
}
