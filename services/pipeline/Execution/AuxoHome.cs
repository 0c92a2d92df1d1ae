namespace Auxo.Pipeline.Execution;

/// <summary>The folder of this instance (<c>AUXO_HOME</c>) and what the pipeline keeps in it.</summary>
/// <param name="Path">Absolute.</param>
public sealed record AuxoHome(string Path)
{
    /// <summary>Bare repositories that borrow their objects from the sources (design §10, Speed).</summary>
    public string Mirrors => System.IO.Path.Combine(Path, "mirrors");

    /// <summary>One folder per running build; nothing in it outlives the process.</summary>
    public string Workspaces => System.IO.Path.Combine(Path, "run", "workspaces");

    /// <summary>
    /// One tree per source of large recent builds, for the next build to begin with; nothing in it outlives the process either.
    /// </summary>
    public string Spares => System.IO.Path.Combine(Path, "run", "spares");

    /// <summary>Small files for starting steps.</summary>
    public string Steps => System.IO.Path.Combine(Path, "run", "steps");

    /// <summary>One folder per build.</summary>
    public string BuildLogs => System.IO.Path.Combine(Path, "logs", "builds");

    /// <summary>Content by digest, and per build the names of its artifacts.</summary>
    public string Blobs => System.IO.Path.Combine(Path, "blobs");

    /// <summary><c>AUXO_HOME</c>, else <c>auxo</c> in the user's data folder.</summary>
    public static AuxoHome From(IConfiguration configuration)
    {
        var path = configuration["AUXO_HOME"];
        if (string.IsNullOrEmpty(path))
        {
            var data = configuration["XDG_DATA_HOME"];
            if (string.IsNullOrEmpty(data)) data = System.IO.Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
            path = System.IO.Path.Combine(data, "auxo");
        }

        return new AuxoHome(System.IO.Path.GetFullPath(path));
    }
}
