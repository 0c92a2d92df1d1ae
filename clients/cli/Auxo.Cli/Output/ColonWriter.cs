using System.Text;

namespace Auxo.Cli.Output;

/// <summary>
/// Writes <see cref="Colon"/> as ':'. Spectre.Console makes a picture of every <c>:word:</c> that it knows in markup, escaped
/// or not, and <c>did:key:</c> has one in it; so text that must stay as it is goes through markup with another character in a
/// colon's place.
/// </summary>
internal sealed class ColonWriter(TextWriter inner) : TextWriter
{
    /// <summary>Stands for ':' in markup; of Unicode's private use area, one column wide.</summary>
    public const char Colon = '\uE03A';

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(value == Colon ? ':' : value);

    public override void Write(string? value) => inner.Write(value?.Replace(Colon, ':'));

    public override void Flush() => inner.Flush();
}
