using Auxo.Testing;

namespace Auxo.Cli.Tests;

/// <summary>The command line, run against a <see cref="FakeAuxo"/>.</summary>
internal static class FakeAuxoRuns
{
    public static Task<CliResult> RunAsync(this FakeAuxo auxo, params string[] args) => auxo.RunAsync(null, args);

    /// <summary>The same with something piped in.</summary>
    public static Task<CliResult> PipeAsync(this FakeAuxo auxo, string input, params string[] args)
        => CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home }, args, input: input);

    /// <summary>The same by another clock.</summary>
    public static Task<CliResult> RunAsync(this FakeAuxo auxo, TimeProvider? time, params string[] args)
        => CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home }, args, time: time);
}
