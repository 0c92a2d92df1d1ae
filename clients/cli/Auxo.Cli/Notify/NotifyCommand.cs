using System.CommandLine;

using Auxo.Cli.Notify.Forms;
using Auxo.Cli.Notify.Reading;

namespace Auxo.Cli.Notify;

/// <summary><c>auxo notify …</c></summary>
internal static class NotifyCommand
{
    public static Command Create(CliHost host) => new("notify", "Say who gets which notification, and see whether it arrived")
    {
        ChannelsCommand.Create(host),
        RoutesCommand.Create(host),
        DefaultsCommand.Create(host),
        TemplatesCommand.Create(host),
        PeopleCommand.Create(host),
        PreferencesCommand.Create(host),
        WhyCommand.Create(host),
        TestCommand.Create(host),
        DeliveriesCommand.Create(host),
        ReplayCommand.Create(host),
        ForgetCommand.Create(host),
    };
}
