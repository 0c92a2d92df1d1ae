using System.Text;

using Marten;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Architecture.Tests.Docs;

/// <summary><c>docs/events.md</c>: what each service stores about its own past.</summary>
internal static class EventsPage
{
    public static string Render()
    {
        var text = new StringBuilder("""
            # Events

            <!-- Generated from the code by tests/Auxo.Architecture.Tests; AUXO_UPDATE_DOCS=1 writes it again. -->
            What each service stores of its own past, under names that never change. Events are private: nobody but their service
            reads them, and what others should know is sent as a message (messages.md), never forwarded by itself. An event is what
            somebody will ask about later: when, and why? Log lines, blobs, leases and heartbeats are not events.

            """);
        foreach (var (service, host) in RunningServices.All)
        {
            text.Append($"\n# {service}\n\n");
            var events = StoredEvents(host.Services);
            if (events.Count == 0) text.Append("No events yet.\n");
            foreach (var stream in events.GroupBy(static e => e.Type.DeclaringType)
                .OrderBy(static g => g.Key?.Name, StringComparer.Ordinal))
            {
                if (stream.Key is { } union) text.Append($"{XmlDocs.Summary(union)}\n\n");
                foreach (var (name, type) in stream.OrderBy(static e => e.Name, StringComparer.Ordinal))
                {
                    text.Append(
                        $"## {name}\n\n{XmlDocs.Summary(type)} "
                            + $"`{(type.DeclaringType is { } owner ? owner.Name + "." : "")}{type.Name}`\n\n");
                    RecordTable.Write(text, type);
                }
            }

            foreach (var part in events.SelectMany(static e => RecordTable.Parts(e.Type))
                .Distinct().OrderBy(static t => t.Name, StringComparer.Ordinal))
            {
                text.Append($"## {part.Name}\n\n{XmlDocs.Summary(part)}\n\n");
                RecordTable.Write(text, part);
            }
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static List<(string Name, Type Type)> StoredEvents(IServiceProvider services)
        => [.. ((IReadOnlyStoreOptions)services.GetRequiredService<IDocumentStore>().Options).Events.AllKnownEventTypes()
            .Where(static e => e.EventType.Namespace?.StartsWith("Auxo.", StringComparison.Ordinal) is true)
            .Select(static e => (e.EventTypeName, e.EventType))];
}
