using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

using Auxo.Contracts;
using Auxo.Messaging;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Architecture.Tests.Docs;

/// <summary><c>docs/messages.md</c>: every message, who sends it, who handles it, and what is in it.</summary>
internal static class MessagesPage
{
    public static string Render()
    {
        var handlers = RunningServices.All.SelectMany(static s => s.Value.Services.GetService<HandlerGraph>()?.Describe() ?? [])
            .ToLookup(static h => h.Message, StringComparer.Ordinal);
        var senders = RunningServices.All.SelectMany(static s => Sends(s.Value.Assembly.Location)
            .Select(name => (Service: s.Key, Name: name))).ToLookup(static s => s.Name, static s => s.Service, StringComparer.Ordinal);
        var messages = MessageNames.All.OrderBy(static m => m.Value, StringComparer.Ordinal).ToList();

        var text = new StringBuilder("""
            # Messages

            <!-- Generated from the code by tests/Auxo.Architecture.Tests; AUXO_UPDATE_DOCS=1 writes it anew. -->
            What services tell each other. A message is a promise: it only grows, its name never changes, and what was sent years ago is still read
            (`tests/Auxo.Contracts.Tests/Messages`). Each handler's service has a queue of its own; a stopped service loses nothing. Sending is an insert in the
            sender's transaction.


            """);
        text.Append("| message | from | to |\n|---|---|---|\n");
        foreach (var (type, name) in messages)
            text.Append($"| [{name}](#{name}) | {Join(senders[type.Name])} | {Join(handlers[name].Select(static h => h.Queue))} |\n");

        text.Append('\n');
        foreach (var (type, name) in messages)
        {
            text.Append($"## {name}\n\n{XmlDocs.Summary(type)}\n\n");
            foreach (var handler in handlers[name]) text.Append($"* {handler.Queue}: `{handler.Handler}` ({handler.Policy})\n");
            if (handlers[name].Any()) text.Append('\n');
            RecordTable.Write(text, type);
        }

        text.Append("# Parts of messages\n\n");
        foreach (var part in messages.SelectMany(static m => RecordTable.Parts(m.Key))
            .Distinct().OrderBy(static t => t.Name, StringComparer.Ordinal))
        {
            text.Append($"## {part.Name}\n\n{XmlDocs.Summary(part)}\n\n");
            RecordTable.Write(text, part);
        }

        return text.ToString().TrimEnd() + "\n";
    }

    /// <summary>The messages that an assembly creates: whoever writes <c>new BuildFinished(…)</c> sends it.</summary>
    private static List<string> Sends(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        return [.. metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(m => m.Parent.Kind == HandleKind.TypeReference && metadata.GetString(m.Name) == ".ctor")
            .Select(m => metadata.GetTypeReference((TypeReferenceHandle)m.Parent))
            .Where(t => metadata.GetString(t.Namespace) == "Auxo.Contracts")
            .Select(t => metadata.GetString(t.Name)).Distinct(StringComparer.Ordinal)];
    }

    private static string Join(IEnumerable<string> names)
    {
        var all = names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return all.Count == 0 ? "nobody yet" : string.Join(", ", all);
    }
}
