using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;

using Auxo.Cli.Completion;

namespace Auxo.Cli.Tests;

/// <summary>
/// The console's command palette offers every command: the list comes from here. <c>AUXO_UPDATE_DOCS=1</c> writes it again.
/// </summary>
public sealed class CommandListTests
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void the_console_knows_every_command()
    {
        var host = new CliHost
        {
            StandardOutput = Stream.Null, StandardError = TextWriter.Null, IsTerminal = false, Width = 80,
            Variable = static _ => null, WorkingFolder = Path.GetTempPath(),
        };
        var lines = Of("./auxo", AuxoCommandLine.Create(host))
            .Concat(Candidates.LauncherWords.Select(static w => (Line: $"./auxo {w.Word}", Says: w.About)))
            .Select(static c => JsonSerializer.Serialize(new { line = c.Line, says = c.Says }, Options));
        var text = $"[\n{string.Join(",\n", lines)}\n]\n";
        var file = Path.GetFullPath(Path.Combine(Here(), "..", "..", "clients", "console", "Auxo.Console", "wwwroot", "commands.json"));
        if (Environment.GetEnvironmentVariable("AUXO_UPDATE_DOCS") == "1") File.WriteAllText(file, text);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == text,
            $"{file} is out of date. Run AUXO_UPDATE_DOCS=1 ./auxo test Cli, and commit it.");
    }

    /// <summary>Those that do something themselves, with what they cannot do without.</summary>
    private static IEnumerable<(string Line, string Says)> Of(string name, Command command)
    {
        if (command.Action is not null)
        {
            var needed = command.Arguments.Where(static a => a is { Hidden: false, Arity.MinimumNumberOfValues: > 0 })
                .Select(static a => $" {a.Name.ToUpperInvariant()}")
                .Concat(command.Options.Where(static o => o is { Hidden: false, Required: true })
                    .Select(static o => $" {o.Name} {o.Name.TrimStart('-').ToUpperInvariant()}"));
            yield return (name + string.Concat(needed), command.Description ?? "");
        }

        foreach (var inner in command.Subcommands.Where(static c => !c.Hidden).SelectMany(c => Of($"{name} {c.Name}", c)))
            yield return inner;
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
