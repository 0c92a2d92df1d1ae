using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Registry;

/// <summary><c>auxo registry cleanup NAME</c></summary>
internal static class CleanUpPackages
{
    public static Command Create(CliHost host)
    {
        var name = new Argument<string>("name") { Description = "The repository" };
        var now = new Option<bool>("--now") { Description = "Remove them; their numbers never come back" };
        return new Command("cleanup", "Show which versions of packages, or manifests and tags of images, are not worth their room")
        {
            name, now,
        }.Does(host, async (parsed, session, ct) =>
        {
            var (repository, removes) = (parsed.GetRequiredValue(name), parsed.GetValue(now));
            var page = removes
                ? await session.Clients.Registry.CleanUpPackagesAsync(repository, ct)
                : await session.Clients.Registry.PreviewPackageCleanUpAsync(repository, ct);
            var terminal = session.Terminal;
            if (terminal.Json) terminal.WriteJson(page);
            else if (page.Items.Count == 0) terminal.Line("Nothing: every version is tagged, new, or fetched lately.");
            else
            {
                var columns = new Columns(3, "PACKAGE", "VERSION", "SIZE", "WHY") { Wraps = true, Least = 40 };
                // Of a digest the first digits; the image that is called like its repository has no name of its own.
                foreach (var v in page.Items)
                    columns.Add(new Cell(v.Name.Length > 0 ? v.Name : repository, "bold"),
                        v.Version.Contains(':', StringComparison.Ordinal) && v.Version.Length > 19 ? v.Version[..19] : v.Version,
                        Amounts.Size(v.SizeBytes), v.Reason);
                columns.Write(terminal);
                var all = $"{page.Items.Count} versions, {Amounts.Size(page.Items.Sum(static v => v.SizeBytes))}";
                terminal.Line(removes ? $"[green]✓[/] {all} are gone." : $"{all}. [dim]--now removes them for good.[/]");
            }

            return ExitCode.Ok;
        });
    }
}
