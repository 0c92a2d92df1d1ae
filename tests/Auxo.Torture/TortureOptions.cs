using System.Globalization;
using System.Security.Cryptography;

namespace Auxo.Torture;

/// <summary>What is asked for on the command line.</summary>
/// <param name="Kills">How many; the whole matrix comes at least once in any case. Null: for as long as there is time.</param>
/// <param name="Duration">When it ends at the latest, whatever it has come to.</param>
/// <param name="Seed">The same seed gives the same kills in the same order; when exactly each of them strikes is the machine's
/// chance.</param>
/// <param name="Plain">Without real Radicle nodes, though their programs are here.</param>
/// <param name="List">Print the matrix.</param>
internal sealed record TortureOptions(int? Kills, TimeSpan? Duration, int Seed, bool Plain, bool List)
{
    private const string Usage = """
        auxo torture [--kills N] [--minutes N] [--seed N] [--plain] [--list]

          --kills N    so many kills, and every row of the matrix at least once (200, unless --minutes says how long)
          --minutes N  until the time is up at the latest
          --seed N     repeat the plan of an earlier run
          --plain      without real Radicle nodes, where their programs are installed
          --list       print the matrix: which crash point in which service

        Ctrl-C ends the killing and audits what there is; a second one leaves at once.
        """;

    /// <summary>Reads the arguments; null after it has said what is wrong with them.</summary>
    public static TortureOptions? Parse(IReadOnlyList<string> arguments, TextWriter errors)
    {
        var options = new TortureOptions(null, null, RandomNumberGenerator.GetInt32(1, 1_000_000), Plain: false, List: false);
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--plain": options = options with { Plain = true }; continue;
                case "--list": options = options with { List = true }; continue;
                case "--help" or "-h": errors.WriteLine(Usage); return null;
            }

            if (i + 1 == arguments.Count
                || !int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            {
                errors.WriteLine($"auxo: torture does not understand '{string.Join(' ', arguments.Skip(i).Take(2))}'.\n{Usage}");
                return null;
            }

            switch (arguments[i++])
            {
                case "--kills": options = options with { Kills = number }; break;
                case "--minutes": options = options with { Duration = TimeSpan.FromMinutes(number) }; break;
                case "--seed": options = options with { Seed = number }; break;
                default:
                    errors.WriteLine($"auxo: torture does not know '{arguments[i - 1]}'.\n{Usage}");
                    return null;
            }
        }

        return options.Kills is null && options.Duration is null ? options with { Kills = 200 } : options;
    }
}
