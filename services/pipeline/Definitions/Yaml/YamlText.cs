using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Yaml;

/// <summary>
/// Reads YAML that comes from strangers: its depth, number of nodes and text are bounded before any tree is built.
/// </summary>
internal static class YamlText
{
    private const int MaxDepth = 16;
    private const int MaxNodes = 10_000;
    private const int MaxText = 1 << 20;

    /// <summary>The top mapping; null for an empty text.</summary>
    /// <exception cref="PipelineYamlException">It is no such YAML; says where.</exception>
    public static YamlMappingNode? Read(string text) => Root(text) switch
    {
        null or YamlScalarNode { Value: null or "" } => null,
        YamlMappingNode map => map,
        var other => throw At(other.Start, "the file must be a mapping, such as 'steps:' with a list below it"),
    };

    /// <summary>What the file is; null for an empty text.</summary>
    /// <exception cref="PipelineYamlException">It is no such YAML; says where.</exception>
    public static YamlNode? Root(string text)
    {
        try
        {
            Measure(text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count switch
            {
                0 => null,
                1 => stream.Documents[0].RootNode,
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
    /// An alias counts as all that it stands for: a few of them nested are a bomb.
    /// </summary>
    private static void Measure(string text)
    {
        var parser = new Parser(new StringReader(text));
        var now = default(Size);
        var open = new Stack<(string? Anchor, Size Before)>();
        var sizes = new Dictionary<string, Size>(StringComparer.Ordinal);
        while (parser.MoveNext())
        {
            now += new Size(1, 0);
            switch (parser.Current)
            {
                case AnchorAlias { Value.Value: var name } alias:
                    if (open.Any(node => node.Anchor == name)) throw At(alias.Start, $"*{name} stands inside of what it stands for");
                    if (!sizes.TryGetValue(name, out var size)) throw At(alias.Start, $"nothing above has the anchor &{name}");
                    now += size;
                    break;
                case MappingStart or SequenceStart:
                    open.Push((AnchorOf(parser.Current), now));
                    if (open.Count > MaxDepth) throw At(parser.Current.Start, $"more than {MaxDepth} levels deep");
                    break;
                case MappingEnd or SequenceEnd:
                    var (anchor, before) = open.Pop();
                    if (anchor is not null) sizes[anchor] = now - before;
                    break;
                case Scalar scalar:
                    now += new Size(0, scalar.Value.Length);
                    if (AnchorOf(scalar) is { } anchored) sizes[anchored] = new Size(1, scalar.Value.Length);
                    break;
            }

            if (now.Nodes > MaxNodes)
                throw At(parser.Current!.Start, $"more than {MaxNodes} nodes, those behind aliases counted each time");
            if (now.Text > MaxText)
                throw At(parser.Current!.Start, $"more than {MaxText >> 20} MiB of text, that behind aliases counted each time");
        }
    }

    private static string? AnchorOf(ParsingEvent e) => e is NodeEvent { Anchor: { IsEmpty: false } anchor } ? anchor.Value : null;

    private static PipelineYamlException At(Mark mark, string message) => new((int)mark.Line, (int)mark.Column, message);

    private static string Innermost(Exception e)
    {
        while (e.InnerException is not null) e = e.InnerException;
        return e.Message;
    }

    /// <summary>How much stands in a part of the file.</summary>
    private readonly record struct Size(int Nodes, int Text)
    {
        public static Size operator +(Size one, Size other) => new(one.Nodes + other.Nodes, one.Text + other.Text);

        public static Size operator -(Size one, Size other) => new(one.Nodes - other.Nodes, one.Text - other.Text);
    }
}

/// <summary>The text is no YAML that is read here.</summary>
internal sealed class PipelineYamlException(int line, int column, string message) : Exception(message)
{
    public int Line { get; } = line;

    public int Column { get; } = column;
}
