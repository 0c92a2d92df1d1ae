using Auxo.Cli.Patches.Copies;

namespace Auxo.Cli.Tests.Patches;

/// <summary>Programs that print without an end.</summary>
public sealed class LongOutputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-long-").FullName;

    [Theory]
    [InlineData("exec yes")]
    [InlineData("exec yes >&2")]
    public async Task a_program_that_prints_without_an_end_is_stopped_and_nothing_of_it_is_believed(string script)
    {
        var ct = TestContext.Current.CancellationToken;
        var rad = Path.Combine(_folder, "rad");
        await File.WriteAllTextAsync(rad, $"#!/bin/sh\n{script}\n", ct);
        File.SetUnixFileMode(rad, (UnixFileMode)0b111_101_101);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = $"{_folder}:/usr/bin:/bin" };
        var programs = new UserPrograms(new CliHost
        {
            StandardOutput = Stream.Null, StandardError = TextWriter.Null, IsTerminal = false, Width = 80,
            Variable = name => variables.GetValueOrDefault(name), ProgramVariables = variables, WorkingFolder = _folder,
        });
        var run = await programs.AskRadAsync(_folder, ct, "node", "routing");
        Assert.Equal((null, ""), (run.ExitCode, run.Output));
        Assert.Equal("'rad node routing' printed more than 16 MiB, and was stopped.", ProgramFault.Of(run).Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
