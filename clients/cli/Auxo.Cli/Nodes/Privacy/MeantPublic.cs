using Auxo.Contracts;
using Auxo.Instances;

namespace Auxo.Cli.Nodes.Privacy;

/// <summary>The repositories that were private and are public on purpose. Somebody has to say so, once for each.</summary>
internal static class MeantPublic
{
    public static async Task<IReadOnlySet<Rid>> ReadAsync(InstanceLayout layout, CancellationToken ct)
        => File.Exists(layout.MeantPublic)
            ? (await File.ReadAllLinesAsync(layout.MeantPublic, ct))
                .Select(static line => Rid.TryParse(line.Trim(), provider: null, out var rid) ? rid : default(Rid?))
                .OfType<Rid>().ToHashSet()
            : new HashSet<Rid>();

    /// <exception cref="CliException">It is no repository's id.</exception>
    public static async Task AddAsync(InstanceLayout layout, string repository, CancellationToken ct)
    {
        if (!Rid.TryParse(repository, provider: null, out var rid)) throw new CliException(
            ExitCode.Usage, $"'{repository}' is no repository's id.",
            "It looks like rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5; 'rad ls' shows them.");
        var known = await ReadAsync(layout, ct);
        if (known.Contains(rid)) return;
        layout.Make();
        PrivateFiles.Write(layout.MeantPublic, string.Concat(known.Append(rid).Select(static r => r.Value)
            .Order(StringComparer.Ordinal).Select(static r => r + "\n")));
    }
}
