using System.Collections.Concurrent;

namespace Auxo.Torture.Audit;

/// <summary>What is wrong, with the ids that it is about.</summary>
internal sealed class Findings
{
    private readonly ConcurrentQueue<string> _lost = new();
    private readonly ConcurrentQueue<string> _doubled = new();
    private readonly ConcurrentQueue<string> _others = new();

    /// <summary>Acknowledged, and not there.</summary>
    public IReadOnlyCollection<string> Lost => _lost;

    /// <summary>There more than once.</summary>
    public IReadOnlyCollection<string> Doubled => _doubled;

    /// <summary>Anything else that should not be.</summary>
    public IReadOnlyCollection<string> Others => _others;

    /// <summary>Notifications that arrived, each counted once.</summary>
    public int Told { get; set; }

    /// <summary>How often one arrived once more, under the same id and with the same body.</summary>
    public int Repeated { get; set; }

    /// <summary>True when nothing is wrong.</summary>
    public bool IsClean => _lost.IsEmpty && _doubled.IsEmpty && _others.IsEmpty;

    /// <summary>In this service.</summary>
    public void Lose(string service, string what) => _lost.Enqueue($"{service}: {what}");

    /// <summary>In this service.</summary>
    public void Double(string service, string what) => _doubled.Enqueue($"{service}: {what}");

    /// <summary>In this service.</summary>
    public void Wrong(string service, string what) => _others.Enqueue($"{service}: {what}");

    /// <summary>Each of what must be there once.</summary>
    /// <param name="service">Where.</param>
    /// <param name="expected">What must be there.</param>
    /// <param name="found">What is there, each as often as it is.</param>
    /// <param name="what">In words, before the id.</param>
    public void Once(string service, IEnumerable<string> expected, IEnumerable<string> found, string what)
    {
        var counted = found.GroupBy(static f => f, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => g.Count(), StringComparer.Ordinal);
        foreach (var missing in expected.Where(e => !counted.ContainsKey(e))) Lose(service, $"{what} {missing}");
        foreach (var (id, times) in counted.Where(static c => c.Value > 1)) Double(service, $"{what} {id}, {times} times");
    }
}
