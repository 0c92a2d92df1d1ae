using System.CommandLine;

namespace Auxo.Cli.Repositories.Starting;

/// <summary>What <c>repo init</c> and <c>repo adopt</c> have in common.</summary>
internal sealed class StartOptions
{
    public StartOptions() => Type.AcceptOnlyFromAmong([.. NewRepository.Types]);

    /// <summary>Which files.</summary>
    public Option<string?> Type { get; } = new("--type") { Description = $"Its language: {string.Join(", ", NewRepository.Types)}" };

    /// <summary>The team's own files.</summary>
    public Option<string?> Template { get; } = new("--template")
    {
        Description = $"A folder of your team's own files, which win over Auxo's (or {TeamTemplates.Variable}, "
            + "or git's setting auxo.templates)",
    };

    /// <summary>No question.</summary>
    public Option<bool> Yes { get; } = new("--yes") { Description = "Do it without asking" };

    /// <summary>The repository with whom it is of.</summary>
    /// <exception cref="CliException">git does not know who commits.</exception>
    public static async Task<NewRepository> RepositoryAsync(
        Session session, UserProgram program, string name, string description, string type, CancellationToken ct)
    {
        // As git itself finds it: settings of the user or its variables.
        var ident = await program.AskAsync(session.Host.WorkingFolder, ct, "git", "var", "GIT_AUTHOR_IDENT")
            ?? throw new CliException(
                ExitCode.Negative, "git does not know who you are, so it cannot commit.",
                "git config --global user.name \"Your Name\"\ngit config --global user.email you@example.org");
        var (from, to) = (ident.IndexOf('<', StringComparison.Ordinal), ident.IndexOf('>', StringComparison.Ordinal));
        return new NewRepository(
            name, description, type, from >= 0 && to > from + 1 ? ident[(from + 1)..to] : "the-team@example.org",
            session.Terminal.Now.Year);
    }

    /// <summary>The team's own files; none where no folder is named.</summary>
    public async Task<TeamTemplates> TeamAsync(
        Session session, UserProgram program, ParseResult parsed, NewRepository repository, CancellationToken ct)
        => await TeamTemplates.FindAsync(session, program, parsed.GetValue(Template), ct) is { } folder
            ? TeamTemplates.Read(folder, repository) : new TeamTemplates([], []);
}
