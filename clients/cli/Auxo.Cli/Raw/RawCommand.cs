using System.CommandLine;

namespace Auxo.Cli.Raw;

/// <summary><c>auxo raw …</c></summary>
internal static class RawCommand
{
    public static Command Create(CliHost host) => new("raw", "Files in raw repositories: any name, any content, checked both ways")
    {
        ListRaw.Create(host),
        DefineRaw.Create(host),
        PutRaw.Create(host),
        GetRaw.Create(host),
        DeleteRaw.Create(host),
        DefineRaw.CreateRemove(host),
    };

    public static Argument<string> Repository() => new("repository") { Description = "The raw repository ('auxo raw list' shows them)" };

    /// <summary>The address of a file, relative to the registry; every segment is encoded, the slashes are not.</summary>
    public static Uri Address(string repository, string name)
        => new($"raw/{Uri.EscapeDataString(repository)}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}",
            UriKind.Relative);
}
