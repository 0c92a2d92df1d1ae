using Auxo.Contracts;

namespace Auxo.Torture.Kills;

/// <summary>
/// Which kills come in which order. First the whole matrix, several services at a time; then the same again in another order,
/// for as long as somebody asks. The plan follows from the seed alone.
/// </summary>
internal sealed class KillPlan
{
    private const int SignalsPerDeck = 2;
    private static readonly TimeSpan Spread = TimeSpan.FromMilliseconds(800);
    private readonly Random _random;
    private readonly IReadOnlyList<CrashRow> _rows;
    private readonly Dictionary<string, Queue<Kill>> _decks = [];
    private int _round;

    /// <summary>Plans.</summary>
    /// <param name="seed">Of everything.</param>
    /// <param name="nodes">Whether real nodes take part.</param>
    public KillPlan(int seed, bool nodes)
    {
        _random = new Random(seed);
        _rows = [.. CrashMatrix.Rows.Where(row => (nodes || !row.NeedsNode) && !row.NeedsRunner)];
        Shuffle();
    }

    /// <summary>True when every row was dealt at least once, and those that missed were dealt again.</summary>
    public bool IsThrough => Passes > 0 || _decks.Values.All(static deck => deck.Count == 0);

    /// <summary>How often the whole matrix was dealt.</summary>
    public int Passes { get; private set; }

    /// <summary>The next kills, which come at the same time.</summary>
    public IReadOnlyList<Kill> NextRound()
    {
        if (_decks.Values.All(static deck => deck.Count == 0))
        {
            Passes++;
            Shuffle();
        }

        var round = _round++;
        if (round % 7 == 5) return [new Kill(KillKind.AppHost, "apphost", null, After(), Again: false)];
        if (round % 20 == 12) return [new Kill(KillKind.Everything, "everything", null, After(), Again: false)];
        var kills = _decks.Values.Where(static deck => deck.Count > 0).Select(static deck => deck.Dequeue()).ToList();
        if (round % 3 == 1) kills.Add(new Kill(KillKind.Postgres, "postgres", null, After(), Again: false));
        return kills;
    }

    /// <summary>Nobody came by: it is dealt once more, at the end.</summary>
    public void Again(Kill missed) => _decks[missed.Target].Enqueue(missed with { Missed = missed.Missed + 1 });

    private void Shuffle()
    {
        foreach (var service in KnownServices.Names)
        {
            Kill[] deck =
            [
                .. _rows.Where(row => row.Service == service)
                    .Select(row => new Kill(KillKind.CrashPoint, service, row.Point, TimeSpan.Zero, Again())),
                .. Enumerable.Range(0, SignalsPerDeck).Select(_ => new Kill(KillKind.Service, service, null, After(), Again())),
                new Kill(KillKind.Twin, service, null, After(), Again: false),
            ];
            _random.Shuffle(deck);
            _decks[service] = new Queue<Kill>(deck);
        }

        // It keeps nothing, so there is no point of its code to die at; it only has to come back.
        _decks["console"] = new Queue<Kill>([new Kill(KillKind.Service, "console", null, After(), Again())]);
    }

    private bool Again() => _random.Next(8) == 0;

    private TimeSpan After() => Spread * _random.NextDouble();
}
