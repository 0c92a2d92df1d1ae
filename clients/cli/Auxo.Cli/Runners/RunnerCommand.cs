using System.CommandLine;

namespace Auxo.Cli.Runners;

/// <summary><c>auxo runner …</c></summary>
internal static class RunnerCommand
{
    public static Command Create(CliHost host) => new("runner", "Other machines that run the steps of builds")
    {
        MakeRunnerToken.Create(host),
        JoinRunner.Create(host),
        ListRunners.Create(host, "list"),
        SwitchRunner.Create(host, "pause", "Give it no more work; what it has goes on", "gets no more work until 'auxo runner resume'"),
        SwitchRunner.Create(host, "resume", "Give it work again", "gets work again"),
        SwitchRunner.Create(
            host, "drain", "Give it no more work, and end its program when what it has is done", "ends when its builds are done"),
        RemoveRunner.Create(host),
    };

    /// <summary>The account of a runner's token.</summary>
    public static string AccountOf(string name) => "runner-" + name;

    public static Argument<string> Name() => new("name") { Description = "Its name ('auxo runners' lists them)" };
}
