using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>An operation that does not count, and why.</summary>
public sealed record DroppedOperation(CommitId Id, string Reason);

/// <summary>
/// The operations of one object and what builds on what. They are applied in Radicle's order: depth first from the root, each
/// after all that it builds on, and among equals by (time, id). An operation that is refused takes everything that builds on it
/// along.
/// </summary>
public sealed class CobGraph
{
    private readonly Dictionary<CommitId, CobOperation> _operations;
    private readonly Dictionary<CommitId, List<CobOperation>> _dependents = [];
    private readonly CobOperation _root;

    /// <summary>Builds the graph.</summary>
    /// <exception cref="CobFormatException">The root is missing or its signature is wrong: there is no such object.</exception>
    public CobGraph(CommitId root, IEnumerable<CobOperation> operations)
    {
        _operations = operations.ToDictionary(o => o.Id);
        if (!_operations.TryGetValue(root, out var first)) throw new CobFormatException(
            $"The first operation {root} is missing or not readable.");
        if (!first.SignatureVerified) throw new CobFormatException($"The signature of the first operation {root} is wrong.");
        _root = first;
        foreach (var operation in _operations.Values)
        {
            foreach (var parent in operation.Parents.Where(_operations.ContainsKey).Distinct())
            {
                if (!_dependents.TryGetValue(parent, out var list)) _dependents[parent] = list = [];
                list.Add(operation);
            }
        }
    }

    /// <summary>The first operation; its id is the object's.</summary>
    public CobOperation Root => _root;

    /// <summary>Applies every operation after the root and returns those that were refused.</summary>
    /// <param name="apply">Returns null, or the reason why the operation is refused.</param>
    public IReadOnlyList<DroppedOperation> Fold(Func<CobOperation, string?> apply)
    {
        var dropped = new List<DroppedOperation>();
        foreach (var operation in Ordered())
        {
            if (!_operations.ContainsKey(operation.Id)) continue;
            if ((operation.SignatureVerified ? apply(operation) : "The signature is wrong.") is { } reason) Drop(
                operation, reason, dropped);
        }

        return dropped;
    }

    /// <summary>True when another operation is neither before nor after this one.</summary>
    public bool HasConcurrent(CobOperation operation)
    {
        var reached = new HashSet<CommitId> { operation.Id };
        Reach(operation, reached, o => o.Parents.Where(_operations.ContainsKey).Select(p => _operations[p]));
        Reach(operation, reached, o => _dependents.GetValueOrDefault(o.Id, []).Where(d => _operations.ContainsKey(d.Id)));
        return reached.Count < _operations.Count;
    }

    private static void Reach(CobOperation from, HashSet<CommitId> reached, Func<CobOperation, IEnumerable<CobOperation>> next)
    {
        var queue = new Queue<CobOperation>([from]);
        while (queue.TryDequeue(out var operation))
        {
            foreach (var neighbour in next(operation))
            {
                if (reached.Add(neighbour.Id)) queue.Enqueue(neighbour);
            }
        }
    }

    /// <summary>Reverse post-order of a depth-first walk, without recursion: a stranger decides how long a chain is.</summary>
    private List<CobOperation> Ordered()
    {
        var order = new List<CobOperation>(_operations.Count);
        var visited = new HashSet<CommitId> { _root.Id };
        var stack = new Stack<(CobOperation Operation, IEnumerator<CobOperation> Dependents)>();

        // Radicle walks the root's dependents by id and the others by (time, id), the last first, because the list grows at its head.
        foreach (var start in _dependents.GetValueOrDefault(_root.Id, []).OrderBy(o => o.Id.Value, StringComparer.Ordinal))
        {
            if (visited.Add(start.Id)) stack.Push((start, LastFirst(start)));
            while (stack.TryPeek(out var top))
            {
                if (!top.Dependents.MoveNext())
                {
                    order.Add(top.Operation);
                    stack.Pop();
                }
                else if (visited.Add(top.Dependents.Current.Id))
                {
                    stack.Push((top.Dependents.Current, LastFirst(top.Dependents.Current)));
                }
            }
        }

        order.Reverse();
        return order;
    }

    private IEnumerator<CobOperation> LastFirst(CobOperation operation)
        => _dependents.GetValueOrDefault(operation.Id, [])
            .OrderByDescending(o => o.At).ThenByDescending(o => o.Id.Value, StringComparer.Ordinal).GetEnumerator();

    private void Drop(CobOperation operation, string reason, List<DroppedOperation> dropped)
    {
        var stack = new Stack<CobOperation>([operation]);
        while (stack.TryPop(out var next))
        {
            if (!_operations.Remove(next.Id)) continue;
            dropped.Add(new DroppedOperation(
                next.Id, next == operation ? reason : $"It builds on {operation.Id.Short}, which was dropped: {reason}"));
            foreach (var dependent in _dependents.GetValueOrDefault(next.Id, [])) stack.Push(dependent);
        }
    }
}
