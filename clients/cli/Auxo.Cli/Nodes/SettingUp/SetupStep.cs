namespace Auxo.Cli.Nodes.SettingUp;

/// <summary>What one part of the set-up came to.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="State">
/// <c>fine</c>, <c>done</c>, <c>needed</c> (not done: <c>--dry-run</c>), <c>yours</c> (to be typed by hand) or <c>failed</c>.
/// </param>
/// <param name="Text">What was seen or done.</param>
/// <param name="Lines">What to type.</param>
internal sealed record SetupStep(string Name, string State, string Text, IReadOnlyList<string> Lines)
{
    public SetupStep(string name, string state, string text) : this(name, state, text, [])
    {
    }
}
