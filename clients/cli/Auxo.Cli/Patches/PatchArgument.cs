using System.CommandLine;

using Auxo.Cli.Patches.Copies;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Patches;

/// <summary>A patch as people name it: the first digits of its id; or none, for the patch that the branch follows.</summary>
internal static class PatchArgument
{
    private const int Least = 4;

    public static Argument<string> Create() => new("patch") { Description = $"At least {Least} digits of its id" };

    public static Argument<string?> CreateOptional() => new("patch")
    {
        Description = $"At least {Least} digits of its id; left out, the patch of the branch you are on", Arity = ArgumentArity.ZeroOrOne,
    };

    /// <exception cref="CliException">None or more than one fits, or none was named and the branch is no patch's.</exception>
    public static async Task<PatchId> ResolveAsync(RadicleCopy copy, string? text, CancellationToken ct)
    {
        if (text is not null) return Resolve(await copy.Storage.ListAsync(CobTypes.Patch, ct), text);
        return copy.Work.Tracked ?? await copy.HeadOfPatchAsync(ct) ?? throw new CliException(
            ExitCode.Usage, $"{copy.Work.Status.Branch ?? "What is checked out"} is no branch of a patch.",
            "Name the patch ('auxo patch list' shows them), or open one: auxo patch create TITLE");
    }

    /// <exception cref="CliException">None or more than one fits.</exception>
    public static PatchId Resolve(IReadOnlyList<CommitId> known, string text)
    {
        var wanted = text.Trim().ToLowerInvariant();
        if (wanted.Length is < Least or > 40 || wanted.Any(static c => !char.IsAsciiHexDigit(c)))
            throw new CliException(
                ExitCode.Usage, $"'{text}' is no patch.", $"Give at least {Least} hex digits of its id; 'auxo patch list' shows them.");
        var found = known.Where(id => id.Value.StartsWith(wanted, StringComparison.Ordinal)).ToList();
        return found.Count switch
        {
            1 => PatchId.Parse(found[0].Value),
            0 => throw new CliException(
                ExitCode.Negative, $"No patch of this repository begins with '{wanted}'.",
                "'auxo patch list --all' shows them; rad sync --fetch gets new ones."),
            _ => throw new CliException(
                ExitCode.Usage, $"'{wanted}' fits {found.Count} patches.",
                "Say more digits:\n" + string.Join('\n', found.Take(5).Select(static id => id.Value))),
        };
    }
}
