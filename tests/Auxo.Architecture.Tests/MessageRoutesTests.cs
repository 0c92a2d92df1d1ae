using Auxo.Architecture.Tests.Docs;
using Auxo.Contracts;

namespace Auxo.Architecture.Tests;

/// <summary>The table of routes says what the code does.</summary>
public sealed class MessageRoutesTests
{
    [Fact]
    public void every_message_has_its_route_and_no_other_has_one()
        => Assert.Equal(
            ContractsTests.Messages.Select(static m => m.Name),
            MessageRoutes.All.Select(static r => r.Message.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void a_message_goes_to_exactly_the_services_that_handle_it()
    {
        var handled = RunningServices.All.SelectMany(static s => MessagesPage.Handlers(s.Key, s.Value.Assembly))
            .ToLookup(static h => h.Message, static h => h.Service);
        Assert.All(MessageRoutes.All, route => Assert.Equal(
            route.To.Order(StringComparer.Ordinal), handled[route.Message].Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void a_message_is_made_only_by_the_service_that_sends_it()
    {
        var made = RunningServices.All
            .SelectMany(static s => MessagesPage.Sends(s.Value.Assembly.Location).Select(name => (Name: name, Service: s.Key)))
            .ToLookup(static m => m.Name, static m => m.Service, StringComparer.Ordinal);
        Assert.All(MessageRoutes.All, route => Assert.Equal([route.From], made[route.Message.Name].Distinct(StringComparer.Ordinal)));
    }
}
