using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

using Auxo.Hosting.Model;
using Auxo.Instances;

namespace Auxo.Hosting.Tests;

/// <summary>What the operator sets, and what a service gets of it.</summary>
public sealed class ServiceSettingsTests
{
    [Fact]
    public void a_confidential_variable_reaches_the_service_that_may_have_it_and_is_taken_from_all_others()
    {
        Environment.SetEnvironmentVariable("TEST_SECRET_KEY", "k");
        var builder = HostCommand.SupervisedBuilder();
        var ingest = builder.AddProject("ingest", "Auxo.Ingest.csproj", launchProfileName: null)
            .WithConfidentialEnvironment("TEST_SECRET_*");

        Assert.Null(Environment.GetEnvironmentVariable("TEST_SECRET_KEY"));
        Assert.Contains(ingest.Resource.Annotations, static a => a is EnvironmentCallbackAnnotation);
    }

    [Theory]
    [InlineData(null, "8000")]
    [InlineData("9999", "9999")]
    public void the_operator_chooses_a_port_by_a_variable(string? set, string port)
        => Assert.Equal(int.Parse(port), Endpoint(("AUXO_PORTS_STORE", set)).Port);

    [Theory]
    [InlineData("70000")]
    [InlineData("http")]
    [InlineData("0")]
    public void a_port_that_is_none_is_refused_by_its_setting(string value)
    {
        var error = Assert.Throws<HostingException>(() => Endpoint(("AUXO_PORTS_STORE", value)));
        Assert.Equal($"AUXO_PORTS_STORE={value} is no port: a number from 1 to 65535.", error.Message);
    }

    [Theory]
    [InlineData(null, "127.0.0.1")]
    [InlineData("10.0.0.7", "10.0.0.7")]
    public void a_service_listens_where_the_operator_says(string? set, string address)
        => Assert.Equal(address, Endpoint(("Auxo:Bind", set)).TargetHost);

    [Fact]
    public void an_address_that_is_none_is_refused()
        => Assert.Equal("Auxo__Bind=here is no IP address.",
            Assert.Throws<HostingException>(static () => Endpoint(("Auxo:Bind", "here"))).Message);

    [Fact]
    public void data_lives_where_the_operator_says_else_where_the_system_keeps_data()
    {
        Assert.Equal("/x", InstanceLayout.Locate(static name => name == "AUXO_HOME" ? "/x" : null).Home);
        static string Usual(bool root) => InstanceLayout.Locate(
            static name => name switch { "XDG_DATA_HOME" => "/data", "HOME" => "/home/u", _ => null }, root).Home;
        Assert.Equal(("/var/lib/auxo", "/data/auxo"), (Usual(root: true), Usual(root: false)));
    }

    private static EndpointAnnotation Endpoint((string Name, string? Value) setting)
    {
        var builder = HostCommand.SupervisedBuilder();
        builder.Configuration[setting.Name] = setting.Value;
        IResourceBuilder<ProjectResource>? store = null;
        HostCommand.Describe(builder, new InstanceLayout("/data"), b
            => store = b.AddProject("store", "Store.csproj", launchProfileName: null).WithHttpEndpoint(8000));
        return store!.Resource.Annotations.OfType<EndpointAnnotation>().Single();
    }
}
