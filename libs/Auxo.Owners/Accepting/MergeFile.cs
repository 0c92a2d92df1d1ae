using System.Text;

using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Auxo.Owners;

/// <summary>
/// <c>.auxo/merge.yaml</c>: what a merge into the default branch needs besides a pass. It counts as it lies on the default branch, never
/// as a patch has it.
/// </summary>
/// <param name="OwnersRequired">The owners of what changes must accept it.</param>
/// <param name="Problems">What is wrong in it. With one of them nobody knows what was meant, so nothing is merged by it.</param>
public sealed record MergeFile(bool OwnersRequired, IReadOnlyList<OwnersProblem> Problems)
{
    /// <summary>Where it lies.</summary>
    public const string Path = ".auxo/merge.yaml";

    /// <summary>A larger one is not read.</summary>
    public const int MostBytes = 64 << 10;

    private const string OwnersKey = "owners";
    private const string Required = "required";
    private const string Off = "off";
    private const string Form = $"write '{OwnersKey}: {Required}', or '{OwnersKey}: {Off}'";

    /// <summary>Nothing is needed: there is no such file.</summary>
    public static MergeFile None { get; } = new(OwnersRequired: false, []);

    /// <summary>Reads a file; never fails.</summary>
    /// <param name="content">Its bytes, in UTF-8.</param>
    public static MergeFile Read(ReadOnlySpan<byte> content)
    {
        if (content.Length > MostBytes) return Wrong(0, $"it is larger than {MostBytes >> 10} KiB and is not read");
        try
        {
            return Read(new Parser(new StringReader(Encoding.UTF8.GetString(content))));
        }
        catch (YamlException e)
        {
            return Wrong((int)e.Start.Line, $"this is no YAML: {(e.InnerException ?? e).Message.TrimEnd('.')}");
        }
    }

    /// <summary>From the parser's events, without a tree: nothing but texts is expected, so nothing deep is followed.</summary>
    private static MergeFile Read(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _)) return None;
        if (parser.TryConsume<Scalar>(out var only)) return only.Value.Length == 0 ? None : Wrong((int)only.Start.Line, Form);
        if (!parser.TryConsume<MappingStart>(out var start)) return Wrong((int)(parser.Current?.Start.Line ?? 1), Form);
        bool? required = null;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key) || key.Value != OwnersKey)
                return Wrong((int)(key ?? parser.Current!).Start.Line, $"only '{OwnersKey}' is known here; {Form}");
            if (!parser.TryConsume<Scalar>(out var value) || value.Value is not (Required or Off)) return Wrong((int)key.Start.Line, Form);
            if (required is not null) return Wrong((int)key.Start.Line, $"'{OwnersKey}' is there twice");
            required = value.Value == Required;
        }

        return parser.TryConsume<DocumentEnd>(out _) && parser.TryConsume<StreamEnd>(out _)
            ? new MergeFile(required is true, [])
            : Wrong((int)start.Start.Line, $"the file must end behind that; {Form}");
    }

    private static MergeFile Wrong(int line, string message)
        => new(OwnersRequired: false, [new OwnersProblem(line, IsError: true, message)]);
}
