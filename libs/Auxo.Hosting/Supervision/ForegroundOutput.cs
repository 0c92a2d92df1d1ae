using Auxo.Instances;

namespace Auxo.Hosting.Supervision;

/// <summary>What a person at the terminal sees: each line with its resource's name before it, and one table when all are healthy.</summary>
internal sealed class ForegroundOutput(TextWriter writer, bool colour)
{
    private static readonly int[] Colours = [36, 33, 32, 35, 34, 31];

    private readonly Lock _gate = new();
    private int _next;

    /// <summary>Prints a resource's lines until <paramref name="stop"/>.</summary>
    public void Follow(ResourceRunner runner, CancellationToken stop)
    {
        var prefix = Prefix(runner.Resource.Name, Colours[_next++ % Colours.Length]);
        runner.Changed += s => Write(prefix, $"{s.State}{(s.Reason is null ? "" : $" ({s.Reason})")}");
        _ = FollowAsync();

        async Task FollowAsync()
        {
            try
            {
                await foreach (var line in runner.Log.ReadAsync(0, stop)) Write(prefix, line.Text);
            }
            catch (OperationCanceledException)
            {
                // It stops; what is still written is in the file.
            }
        }
    }

    public void Say(string text) => Write(Prefix("auxo", 1), text);

    public void Ready(IReadOnlyList<ResourceSnapshot> resources, string apphost)
    {
        lock (_gate)
        {
            writer.WriteLine();
            Table(writer, resources, apphost);
            writer.WriteLine("\nCtrl-C stops everything.\n");
        }
    }

    /// <summary>One row per resource: name, state, URL.</summary>
    public static void Table(TextWriter writer, IReadOnlyList<ResourceSnapshot> resources, string apphost)
    {
        writer.WriteLine($"{"RESOURCE",-12} {"STATE",-18} URL");
        foreach (var r in resources) writer.WriteLine(
            $"{r.Name,-12} {r.State,-18} {string.Join(' ', r.Urls)}{(r.IsWell || r.Reason is null ? "" : $" {r.Reason}")}".TrimEnd());
        writer.WriteLine($"{"apphost",-12} {"Running",-18} {apphost}");
    }

    private string Prefix(string name, int code) => colour ? $"\e[{code}m{name,-9}\e[0m | " : $"{name,-9} | ";

    private void Write(string prefix, string text)
    {
        lock (_gate) writer.WriteLine(prefix + text);
    }
}
