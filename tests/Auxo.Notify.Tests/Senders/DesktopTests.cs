using Auxo.Testing;

namespace Auxo.Notify.Tests.Senders;

/// <summary>The desktop, by a program that stands where notify-send would.</summary>
public sealed class DesktopTests(PostgresFixture postgres) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-desktop-").FullName;

    [Fact]
    public async Task the_systems_program_is_called_with_words_and_no_script()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "notify-send is Linux's.");
        Program("""printf '%s\n' "$@" > "$0.args" """);
        await using var host = await StartAsync("unix:path=/nowhere");

        await host.SendAsync(Told.Build(title: "--help $(reboot) <b>bold</b> \"; rm -rf /"));
        await host.DeliveryAsync("delivered");

        var arguments = await File.ReadAllLinesAsync(Path.Combine(_folder, "notify-send.args"), TestContext.Current.CancellationToken);
        Assert.Equal(["-a", "Auxo", "-u", "normal", "--", "heartwood: failed: --help $(reboot) <b>bold</b> \"; rm -rf /"], arguments[..6]);
        Assert.Contains("patch 1a2b3c4", arguments[6], StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_program_that_fails_is_tried_again_and_what_it_says_is_in_the_log()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "notify-send is Linux's.");
        Program("""if [ -e "$0.once" ]; then exit 0; fi; touch "$0.once"; echo 'no such bus' >&2; exit 7""");
        await using var host = await StartAsync("unix:path=/nowhere");

        await host.SendAsync(Told.Build());

        var line = (await host.DeliveryAsync("delivered"))["log"]![0]!;
        Assert.Equal((7, "notify-send ended with 7", "no such bus\n"), (
            (int)line["status"]!, (string)line["detail"]!, (string)line["excerpt"]!));
    }

    [Fact]
    public async Task where_there_is_no_desktop_the_reason_says_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "notify-send is Linux's.");
        await using (var host = await StartAsync("unix:path=/nowhere"))
        {
            await host.SendAsync(Told.Build());
            Assert.Contains("apt install libnotify-bin", (string)(await host.DeliveryAsync("dead"))["reason"]!, StringComparison.Ordinal);
        }

        Program("exit 0");
        await using (var host = await StartAsync(""))
        {
            await host.SendAsync(Told.Build());
            Assert.Contains("DBUS_SESSION_BUS_ADDRESS", (string)(await host.DeliveryAsync("dead"))["reason"]!, StringComparison.Ordinal);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Program(string script)
    {
        var file = Path.Combine(_folder, "notify-send");
        File.WriteAllText(file, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<NotifyHost> StartAsync(string bus)
    {
        var host = await NotifyHost.StartAsync(
            await postgres.CreateDatabaseAsync(), null, "", listen: false, ("PATH", _folder), ("DBUS_SESSION_BUS_ADDRESS", bus));
        await host.PutAsync("/channels/desk", new { desktop = new { } });
        await host.RouteAsync("all", "desk");
        return host;
    }
}
