using Auxo.Hosting.ApplicationModel;
using Auxo.Hosting.Instance;

namespace Auxo.Hosting.Tests;

public sealed class ModelTests
{
    private static readonly ProjectContext Context = new(
        "/data", "127.0.0.1", "7f", static (database, project)
            => $"Host=/s;Username=auxo_{project.Name};Password=secret;Database={database.Name}");

    [Fact]
    public void a_service_is_told_its_database_its_peers_and_its_name()
    {
        var builder = DistributedApplication.CreateBuilder([], new Dictionary<string, string>());
        var auxo = builder.AddPostgres("postgres").WithDataVolume().AddDatabase("auxo");
        var pipeline = builder.AddProject("pipeline", "../services/pipeline/Auxo.Pipeline.csproj")
            .WithHttpEndpoint(8890).WithReference(auxo).WaitFor(auxo);
        var registry = builder.AddProject("registry", "../services/registry/Auxo.Registry.csproj")
            .WithHttpEndpoint(8081).WithReference(auxo).WithReference(pipeline)
            .WithEnvironment("MODE", "one").WithEnvironment("MODE", "two");

        var environment = ProjectEnvironment.Of(
            registry.Resource, builder.Build().Model, new Dictionary<string, string> { ["PATH"] = "/bin" }, Context);

        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["DOTNET_GCgen0size"] = "200000",
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:8081",
                ["AUXO_HOME"] = "/data",
                ["ConnectionStrings__auxo"] = "Host=/s;Username=auxo_registry;Password=secret;Database=auxo",
                ["DOTNET_ENVIRONMENT"] = "Production",
                ["MODE"] = "two",
                ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=7f",
                ["OTEL_SERVICE_NAME"] = "registry",
                ["PATH"] = "/bin",
                ["PIPELINE_HTTP"] = "http://127.0.0.1:8890",
                ["services__pipeline__http__0"] = "http://127.0.0.1:8890",
            },
            environment);
    }

    [Fact]
    public void the_nodes_secrets_reach_only_who_may_have_them_and_the_operators_connection_string_nobody()
    {
        var builder = DistributedApplication.CreateBuilder([], new Dictionary<string, string>());
        var ingest = builder.AddProject("ingest", "Auxo.Ingest.csproj").WithConfidentialEnvironment("RAD_*", "SSH_AUTH_SOCK");
        var notify = builder.AddProject("notify", "Auxo.Notify.csproj");
        var model = builder.Build().Model;
        var inherited = new Dictionary<string, string>
        {
            ["RAD_HOME"] = "/alice", ["RAD_PASSPHRASE"] = "x", ["SSH_AUTH_SOCK"] = "/agent",
            ["ConnectionStrings__auxo"] = "Username=postgres", ["LANG"] = "C",
        };

        Assert.Equal(["LANG", "RAD_HOME", "RAD_PASSPHRASE", "SSH_AUTH_SOCK"], Inherited(ingest.Resource));
        Assert.Equal(["LANG"], Inherited(notify.Resource));

        IEnumerable<string> Inherited(ProjectResource project)
            => ProjectEnvironment.Of(project, model, inherited, Context).Keys.Intersect(inherited.Keys);
    }

    [Fact]
    public void dashes_stay_in_the_name_of_a_service_and_become_underscores_in_a_variable()
    {
        var builder = DistributedApplication.CreateBuilder([], new Dictionary<string, string>());
        var store = builder.AddProject("blob-store", "Store.csproj").WithHttpEndpoint(8000);
        var user = builder.AddProject("user", "User.csproj").WithReference(store);

        var environment = ProjectEnvironment.Of(user.Resource, builder.Build().Model, new Dictionary<string, string>(), Context);

        Assert.Equal("http://127.0.0.1:8000", environment["services__blob-store__http__0"]);
        Assert.Equal("http://127.0.0.1:8000", environment["BLOB_STORE_HTTP"]);
    }

    [Theory]
    [InlineData("127.0.0.1", "http://127.0.0.1:8000")]
    [InlineData("0.0.0.0", "http://127.0.0.1:8000")]
    [InlineData("10.0.0.7", "http://10.0.0.7:8000")]
    public void peers_find_a_service_wherever_it_is_bound(string bind, string expected)
    {
        var builder = DistributedApplication.CreateBuilder([], new Dictionary<string, string>());
        var store = builder.AddProject("store", "Store.csproj").WithHttpEndpoint(8000);

        Assert.Equal(expected, store.Resource.Url(bind));
        Assert.Equal($"http://{bind}:8000", ProjectEnvironment.Of(store.Resource, builder.Build()
            .Model, new Dictionary<string, string>(), Context with { Bind = bind })["ASPNETCORE_URLS"]);
    }

    [Fact]
    public void the_operator_chooses_a_port_by_a_variable()
    {
        var builder = DistributedApplication.CreateBuilder([], new Dictionary<string, string> { ["AUXO_PORTS_STORE"] = "9999" });
        Assert.Equal(9999, builder.AddProject("store", "Store.csproj").WithHttpEndpoint(8000).Resource.Port);
    }

    [Theory]
    [InlineData("70000")]
    [InlineData("http")]
    [InlineData("0")]
    public void a_port_that_is_none_is_refused_by_its_setting(string value)
    {
        var builder = DistributedApplication.CreateBuilder([], new Dictionary<string, string> { ["AUXO_PORTS_STORE"] = value });
        var error = Assert.Throws<HostingException>(() => builder.AddProject("store", "Store.csproj").WithHttpEndpoint(8000));
        Assert.Equal($"AUXO_PORTS_STORE={value} is no port: a number from 1 to 65535.", error.Message);
    }

    [Theory]
    [InlineData("1st")]
    [InlineData("a--b")]
    [InlineData("ends-")]
    [InlineData("with space")]
    [InlineData("quote'")]
    [InlineData("")]
    public void a_bad_name_is_refused(string name)
        => Assert.Throws<ArgumentException>(
            () => DistributedApplication.CreateBuilder([], new Dictionary<string, string>()).AddProject(name, "X.csproj"));

    [Fact]
    public void a_name_is_given_once()
    {
        var builder = DistributedApplication.CreateBuilder([], new Dictionary<string, string>());
        builder.AddProject("store", "Store.csproj");
        Assert.Throws<ArgumentException>(() => builder.AddProject("Store", "Other.csproj"));
    }

    [Fact]
    public void data_lives_where_the_operator_says_else_where_the_system_keeps_data()
    {
        Assert.Equal("/x", InstanceFolder.Locate(new Dictionary<string, string> { ["AUXO_HOME"] = "/x" }));
        var usual = InstanceFolder.Locate(new Dictionary<string, string> { ["XDG_DATA_HOME"] = "/data", ["HOME"] = "/home/u" });
        Assert.Equal(Environment.UserName == "root" ? "/var/lib/auxo" : "/data/auxo", usual);
    }
}
