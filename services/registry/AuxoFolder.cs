namespace Auxo.Registry;

/// <summary>The folder of this instance.</summary>
internal static class AuxoFolder
{
    /// <summary>
    /// <c>AUXO_HOME</c>, which the AppHost always sets; else <c>auxo</c> in the user's data folder, for a service that is
    /// started by hand.
    /// </summary>
    public static string Locate(IConfiguration configuration)
    {
        if (configuration["AUXO_HOME"] is { Length: > 0 } home) return Path.GetFullPath(home);
        var data = configuration["XDG_DATA_HOME"] is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
        return Path.GetFullPath(Path.Combine(data, "auxo"));
    }
}
