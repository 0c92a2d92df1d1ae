using System.CommandLine;

namespace Auxo.Cli.Completion;

/// <summary>
/// <c>auxo completion bash|zsh|fish</c>: prints what a shell needs to complete our words; and the hidden command by which it
/// asks.
/// </summary>
internal static class CompletionCommand
{
    /// <summary>The word by which the scripts ask; no person types it.</summary>
    public const string Question = "__complete";

    public static Command Create(CliHost host) => new("completion", "Print the script that completes commands, options and names on Tab")
    {
        For(host, "bash", "For bash: source <(auxo completion bash), best in ~/.bashrc"),
        For(host, "zsh", "For zsh: source <(auxo completion zsh), after compinit, best in ~/.zshrc"),
        For(host, "fish", "For fish: auxo completion fish | source, best in ~/.config/fish/config.fish"),
    };

    /// <summary>Answers a shell: never an error, never a wait that a person would notice.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="words">What stands on the line after <c>auxo</c>, the word under the cursor last.</param>
    /// <param name="host">The surroundings.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task AnswerAsync(Command root, IReadOnlyList<string> words, CliHost host, CancellationToken ct)
    {
        var (candidates, files) = await Candidates.ForAsync(root, words, new KnownNames(host), ct);
        await using var output = new StreamWriter(host.StandardOutput, leaveOpen: true) { NewLine = "\n" };
        // The first line says whether names of files fit here, too.
        await output.WriteLineAsync(files ? ":files" : ":words");
        foreach (var (word, about) in candidates) await output.WriteLineAsync(about is null ? word : $"{word}\t{about}");
    }

    private static Command For(CliHost host, string shell, string description)
        => new Command(shell, description).Does(host, (_, session, _) =>
        {
            if (session.Terminal.Json) throw new CliException(ExitCode.Usage, "A completion script is no JSON.");
            using var output = new StreamWriter(host.StandardOutput, leaveOpen: true) { NewLine = "\n" };
            output.Write(CompletionScripts.For(shell, Environment.ProcessPath ?? "auxo-cli", host.Variable("DOTNET_ROOT")));
            return Task.FromResult(ExitCode.Ok);
        });
}
