using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.People;

/// <summary><c>auxo people list | add | set | remove</c></summary>
internal static class PeopleCommand
{
    private static readonly string[] Roles = ["viewer", "developer", "admin"];

    public static Command Create(CliHost host) => new("people", "Who can sign in to the web console, and what each may")
    {
        List(host), Add(host), Set(host), Remove(host),
    };

    private static Command List(CliHost host) => new Command("list", "Show everybody").Does(host, async (_, session, ct) =>
    {
        var page = await session.Clients.Registry.PeopleAsync(ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line("No people yet: auxo people add NAME --role admin --password");
            return ExitCode.Ok;
        }

        var columns = new Columns(3, "NAME", "ROLE", "SESSIONS", "SIGNS IN BY") { Wraps = true };
        foreach (var person in page.Items)
        {
            string[] ways = [.. person.HasPassword ? (string[])["password"] : [], .. person.Keys];
            columns.Add(
                new Cell(person.Name, "bold"), person.Role, person.Sessions.ToString(), ways.Length == 0 ? "–" : string.Join(' ', ways));
        }

        columns.Write(terminal);
        return ExitCode.Ok;
    });

    private static Command Add(CliHost host)
    {
        var (name, role, key, password) = (Name(), Role(), Keys("--key", "A Radicle key to sign in with (may be repeated)"), Password());
        role.Required = true;
        return new Command("add", "Let somebody sign in, by password, by Radicle key, or by both") { name, role, key, password }
            .Does(host, async (parsed, session, ct) =>
            {
                var typed = parsed.GetValue(password) ? AskForPassword.Ask(host) : null;
                var added = await session.Clients.Registry.AddPersonAsync(new NewPerson(
                    parsed.GetRequiredValue(name), parsed.GetRequiredValue(role)!, typed, parsed.GetValue(key) ?? []), ct);
                return Show(session, added);
            });
    }

    private static Command Set(CliHost host)
    {
        var (name, role, password) = (Name(), Role(), Password());
        var key = Keys("--key", "One more Radicle key (may be repeated)");
        var without = Keys("--remove-key", "A key that counts no longer; her sessions end (may be repeated)");
        var none = new Option<bool>("--no-password") { Description = "She signs in by key only; her sessions end" };
        return new Command("set", "Change somebody's role, password or keys; what is left out stays")
        {
            name, role, key, without, password, none,
        }
            .Does(host, async (parsed, session, ct) =>
            {
                var (who, more, less) = (parsed.GetRequiredValue(name), parsed.GetValue(key) ?? [], parsed.GetValue(without) ?? []);
                if (parsed.GetValue(password) && parsed.GetValue(none))
                    throw new CliException(ExitCode.Usage, "--password and --no-password are two different wishes.");
                var typed = parsed.GetValue(none) ? "" : parsed.GetValue(password) ? AskForPassword.Ask(host) : null;
                var keys = more.Length + less.Length == 0 ? null : await KeysAsync(session, who, more, less, ct);
                var change = new PersonChange(parsed.GetValue(role), typed, keys);
                if (change == new PersonChange(null, null, null))
                    throw new CliException(
                        ExitCode.Usage, "What shall change?", "Give --role, --key, --remove-key, --password or --no-password.");
                return Show(session, await session.Clients.Registry.ChangePersonAsync(who, change, ct));
            });
    }

    private static Command Remove(CliHost host)
    {
        var name = Name();
        return new Command("remove", "End somebody's access, and her sessions") { name }.Does(host, async (parsed, session, ct) =>
        {
            var who = parsed.GetRequiredValue(name);
            await session.Clients.Registry.EndPersonAsync(who, ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(new { removed = who });
            else session.Terminal.Line(
                $"{Terminal.Safe(who)} signs in no longer. Open sessions have ended: in the registry at once, elsewhere within ten "
                    + "seconds.");
            return ExitCode.Ok;
        });
    }

    /// <summary>The keys that she has then: those of now, and these more and less.</summary>
    private static async Task<IReadOnlyList<string>> KeysAsync(
        Session session, string name, string[] more, string[] less, CancellationToken ct)
    {
        var person = (await session.Clients.Registry.PeopleAsync(ct)).Items.FirstOrDefault(p => p.Name == name)
            ?? throw new CliException(ExitCode.Negative, $"There is no person called '{name}'.", "'auxo people list' shows all.");
        if (less.FirstOrDefault(k => !person.Keys.Contains(k, StringComparer.Ordinal)) is { } unknown)
            throw new CliException(ExitCode.Negative, $"{name} has no key {unknown}.", "'auxo people list' shows them.");
        return [.. person.Keys.Union(more, StringComparer.Ordinal).Except(less, StringComparer.Ordinal)];
    }

    private static int Show(Session session, Person person)
    {
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(person);
            return ExitCode.Ok;
        }

        terminal.Line($"[green]✓[/] [bold]{Terminal.Safe(person.Name)}[/]  {Terminal.Safe(person.Role)}");
        if (person.HasPassword) terminal.Line("  signs in by name and password, on the console's page");
        foreach (var key in person.Keys) terminal.Line($"  signs in by {Terminal.Safe(key)}, with: auxo console login");
        if (!person.HasPassword && person.Keys.Count == 0)
            terminal.Line($"  has no way in: auxo people set {Terminal.Safe(person.Name)} --password");
        return ExitCode.Ok;
    }

    private static Argument<string> Name() => new("name") { Description = "What she signs in with, and what stands in events" };

    private static Option<string?> Role()
    {
        var role = new Option<string?>("--role") { Description = "viewer reads; developer builds and approves too; admin may everything" };
        role.AcceptOnlyFromAmong(Roles);
        return role;
    }

    private static Option<string[]> Keys(string name, string description) => new(name) { Description = description };

    private static Option<bool> Password()
        => new("--password") { Description = "Ask for a new password; from a file: --password < FILE" };
}
