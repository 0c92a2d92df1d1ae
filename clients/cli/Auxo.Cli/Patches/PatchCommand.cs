using System.CommandLine;

namespace Auxo.Cli.Patches;

/// <summary><c>auxo patch …</c></summary>
internal static class PatchCommand
{
    public static Command Create(CliHost host) => new("patch", "Patches: propose, look at, review and merge, in a working copy of Radicle")
    {
        CreatePatch.Create(host),
        UpdatePatch.Create(host),
        PushPatch.Create(host),
        ListPatches.Create(host),
        ReviewPatch.Create(host),
        MergePatch.Create(host),
        LinkPatches.Create(host),
    };
}
