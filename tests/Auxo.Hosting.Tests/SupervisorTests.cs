using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

using Auxo.Instances;

namespace Auxo.Hosting.Tests;

public sealed class SupervisorTests
{
    private const string Stay = "echo here; exec sleep 600";

    [Fact]
    public async Task what_others_wait_for_to_complete_is_run_once_and_before_them()
    {
        await using var model = SupervisedModel.Of(static builder =>
        {
            var migrator = Shell(builder, "migrator", "echo ran >> $AUXO_HOME/ran; exit 0").WithEnvironment("AUXO_HOME", Home(builder));
            Shell(builder, "service", "cat $AUXO_HOME/ran; " + Stay)
                .WithEnvironment("AUXO_HOME", Home(builder)).WaitForCompletion(migrator);
        });

        Assert.Null(await model.StartAsync());

        Assert.Equal((ResourceState.Finished, ResourceState.Running), (model["migrator"].State, model["service"].State));
        System.Diagnostics.Process.GetProcessById(model["service"].Pid!.Value).Kill();
        await model.Supervisor.Find("service")!.WaitUntilAsync(
            static s => s is { Restarts: 1, State: ResourceState.Running }, TestContext.Current.CancellationToken);
        Assert.Equal("ran\n", await File.ReadAllTextAsync(Path.Combine(model.Home, "ran"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task one_that_does_not_complete_ends_the_start_with_its_reason_and_nothing_that_waits_is_started()
    {
        await using var model = SupervisedModel.Of(static builder =>
        {
            var migrator = Shell(builder, "migrator", "echo the schema is newer; exit 3");
            Shell(builder, "service", Stay).WaitForCompletion(migrator);
        });

        Assert.Equal("migrator: FailedToStart (migrator ended with 3: the schema is newer)", await model.StartAsync());
        Assert.Equal(ResourceState.Waiting, model["service"].State);
        Assert.Contains("the schema is newer\n", model.Log("migrator"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_hook_that_fails_is_the_reason_why_its_resource_did_not_start()
    {
        await using var model = SupervisedModel.Of(static builder => Shell(builder, "service", Stay)
            .OnBeforeResourceStarted(static (_, _, _) => throw new InvalidDataException("the disk is full")));
        Assert.Equal("service: FailedToStart (the disk is full)", await model.StartAsync());
    }

    [Fact]
    public async Task a_program_that_is_not_built_ends_the_start_with_what_to_do()
    {
        await using var model = SupervisedModel.Of(static builder => builder.AddExecutable("service", "/nowhere/service", "/"));
        Assert.Equal("service: FailedToStart (/nowhere/service is not there; './auxo up' builds it.)", await model.StartAsync());
    }

    [Fact]
    public async Task what_ends_is_started_again_and_what_stops_waits_for_those_who_need_it()
    {
        await using var model = SupervisedModel.Of(static builder =>
        {
            var store = Shell(builder, "store", "trap 'echo stored >> $AUXO_HOME/end; exit' TERM; while :; do sleep 0.05; done")
                .WithEnvironment("AUXO_HOME", Home(builder));
            Shell(builder, "user", "trap 'sleep 0.3; echo used >> $AUXO_HOME/end; exit' TERM; while :; do sleep 0.05; done")
                .WithEnvironment("AUXO_HOME", Home(builder)).WaitFor(store);
        });
        Assert.Null(await model.StartAsync());
        // A shell that has not set its trap yet would die at once.
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, TestContext.Current.CancellationToken);

        await model.Supervisor.StopAsync();

        Assert.Equal("used\nstored\n", await File.ReadAllTextAsync(Path.Combine(model.Home, "end"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task a_placeholder_that_only_aspires_orchestrator_fills_is_an_error()
    {
        await using var model = SupervisedModel.Of(static builder
            => Shell(builder, "service", Stay).WithEnvironment("X", "{{- index .Annotations \"x\" -}}"));
        Assert.StartsWith("service: FailedToStart (X of service has a placeholder", await model.StartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void what_it_cannot_run_is_refused_by_name()
    {
        var error = Assert.Throws<HostingException>(
            static () => SupervisedModel.Of(static builder => builder.AddContainer("cache", "redis")));
        Assert.Equal("cache is a container or has replicas, which only './auxo dev' runs.", error.Message);
    }

    private static IResourceBuilder<ExecutableResource> Shell(IDistributedApplicationBuilder builder, string name, string script)
        => builder.AddExecutable(name, "/bin/sh", "/", "-c", script);

    private static string Home(IDistributedApplicationBuilder builder) => builder.Configuration["AUXO_HOME"]!;
}
