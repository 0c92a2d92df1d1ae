using Auxo.Testing;

namespace Auxo.Contracts.Tests;

public sealed class MessageSamplesTests
{
    [Fact]
    public void every_message_that_was_ever_sent_still_loads()
        => Samples.AllLoad("Messages", MessageNames.All.ToDictionary(name => name.Value, name => ContractsJson.Default.GetTypeInfo(name.Key)!, StringComparer.Ordinal));

    [Fact]
    public void every_message_has_a_name_of_its_own_in_snake_case()
    {
        Assert.Equal(MessageNames.All.Count, MessageNames.All.Values.Distinct(StringComparer.Ordinal).Count());
        Assert.All(MessageNames.All.Values, name => Assert.Matches("^[a-z]+(_[a-z]+)*([.]v[0-9]+)?$", name));
    }
}
