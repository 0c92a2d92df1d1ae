using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

using Auxo.Contracts;

namespace Auxo.Architecture.Tests.Docs;

/// <summary><c>docs/messages.md</c>: every message, who sends it, who handles it, and what is in it.</summary>
internal static class MessagesPage
{
    public static string Render()
    {
        var handlers = RunningServices.All.SelectMany(static s => Handlers(s.Key, s.Value.Assembly))
            .ToLookup(static h => h.Message, static h => h);
        var messages = MessageRoutes.All.OrderBy(static m => m.Name, StringComparer.Ordinal).ToList();

        var text = new StringBuilder("""
            # Messages

            <!-- Generated from the code by tests/Auxo.Architecture.Tests; AUXO_UPDATE_DOCS=1 writes it again. -->
            What services tell each other. A message is a promise: it only grows, its name never changes, and what was sent years
            ago is still read (`tests/Auxo.Contracts.Tests/Messages`). Which message goes to which service stands in one table
            (`libs/Auxo.Contracts/MessageRoutes.cs`); each service has a queue of its own, and a stopped service loses nothing.


            """);
        text.Append("| message | from | to |\n|---|---|---|\n");
        foreach (var route in messages) text.Append($"| [{route.Name}](#{route.Name}) | {route.From} | {Join(route.To)} |\n");

        text.Append('\n');
        foreach (var route in messages)
        {
            text.Append($"## {route.Name}\n\n{XmlDocs.Summary(route.Message)}\n\n");
            foreach (var (_, service, handler) in handlers[route.Message]) text.Append($"* {service}: `{handler}`\n");
            if (handlers[route.Message].Any()) text.Append('\n');
            RecordTable.Write(text, route.Message);
        }

        text.Append("# Parts of messages\n\n");
        foreach (var part in messages.SelectMany(static m => RecordTable.Parts(m.Message))
            .Distinct().OrderBy(static t => t.Name, StringComparer.Ordinal))
        {
            text.Append($"## {part.Name}\n\n{XmlDocs.Summary(part)}\n\n");
            RecordTable.Write(text, part);
        }

        return text.ToString().TrimEnd() + "\n";
    }

    /// <summary>The methods that Wolverine finds as handlers of the messages between services.</summary>
    public static IEnumerable<(Type Message, string Service, string Handler)> Handlers(string service, Assembly assembly)
        => from type in assembly.GetExportedTypes()
           where type.Name.EndsWith("Handler", StringComparison.Ordinal)
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static)
           where method.Name is "Handle" or "HandleAsync" && method.GetParameters() is [var first, ..]
               && MessageRoutes.ByType.ContainsKey(first.ParameterType)
           orderby type.Name
           select (method.GetParameters()[0].ParameterType, service, $"{type.Name}.{method.Name}");

    /// <summary>The messages that an assembly creates: whoever writes <c>new BuildFinished(…)</c> sends it.</summary>
    public static List<string> Sends(string assembly)
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
