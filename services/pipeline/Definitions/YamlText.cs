using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions;

/// <summary>
/// Reads YAML that comes from strangers: its size, depth, number of nodes and aliases are bounded before any tree is built.
/// </summary>
internal static class YamlText
{
    private const int MaxDepth = 16;
    private const int MaxNodes = 10_000;

    /// <summary>The top mapping; null for an empty text.</summary>
    /// <exception cref="PipelineYamlException">It is no such YAML; says where.</exception>
    public static YamlMappingNode? Read(string text)
    {
        try
        {
            Measure(text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count switch
            {
                0 => null,
                1 when stream.Documents[0].RootNode is YamlMappingNode map => map,
                1 when stream.Documents[0].RootNode is YamlScalarNode { Value: null or "" } => null,
                1 => throw At(stream.Documents[0].RootNode.Start, "the file must be a mapping, such as 'steps:' with a list below it"),
                _ => throw At(stream.Documents[1].RootNode.Start, "only one YAML document is read; remove the second '---'"),
            };
        }
        catch (YamlException e)
        {
            throw At(e.Start, Innermost(e));
        }
    }

    /// <summary>
    /// The parser is a state machine, so this pass costs no stack, however deep the text nests; building the tree recurses.
    /// Aliases are refused: nothing here needs them, and a few of them nested are a bomb.
    /// </summary>
    private static void Measure(string text)
    {
        var parser = new Parser(new StringReader(text));
        var (depth, nodes) = (0, 0);
        while (parser.MoveNext())
        {
            switch (parser.Current)
            {
                case AnchorAlias alias:
                    throw At(alias.Start, $"aliases (*{alias.Value}) are not read; write the value out");
                case MappingStart or SequenceStart when ++depth > MaxDepth:
                    throw At(parser.Current.Start, $"more than {MaxDepth} levels deep");
                case MappingEnd or SequenceEnd:
                    depth--;
                    break;
            }

            if (++nodes > MaxNodes) throw At(parser.Current!.Start, $"more than {MaxNodes} nodes");
        }
    }

    private static PipelineYamlException At(Mark mark, string message) => new((int)mark.Line, (int)mark.Column, message);

    private static string Innermost(Exception e)
    {
        while (e.InnerException is not null) e = e.InnerException;
        return e.Message;
    }
}

/// <summary>The text is no YAML that is read here.</summary>
internal sealed class PipelineYamlException(int line, int column, string message) : Exception(message)
{
    public int Line { get; } = line;

    public int Column { get; } = column;
}
