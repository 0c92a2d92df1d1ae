using Auxo.Contracts;
using Auxo.Pipeline.Execution.RegistryAccess;

namespace Auxo.Pipeline.Tests.Execution.RegistryAccess;

/// <summary>A step on the machine itself, where the operator has turned the sandbox off.</summary>
public sealed class HostStepTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8081", "http://127.0.0.1:8081 auxo_build_a.b registry=http://127.0.0.1:8081/npm/npm/\n")]
    [InlineData(null, "unset\n")]
    public async Task has_the_registrys_own_address_where_that_is_known(string? address, string expected)
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "steps run on the host never as root");
        using var bench = new Bench(Bench.Small with { Sandbox = "host" });
        var registry = new StepRegistry("auxo_build_a.b", [new("npm", "npm")], bench.Layout.StepSocket!, () => address);
        var (exit, log) = await bench.RunAsync(
            Bench.Step("echo ${AUXO_REGISTRY:-unset} ${AUXO_REGISTRY_TOKEN:-}$([ ! -e ~/.npmrc ] || echo \" $(head -1 ~/.npmrc)\")"),
            registry: registry);
        Assert.Equal((Outcome.Passed, null), (exit.Outcome, exit.Reason));
        Assert.EndsWith("\n" + expected, log.Replace("unset \n", "unset\n", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(address is null, log.StartsWith("--- Auxo: the step cannot reach the registry: ", StringComparison.Ordinal));
    }
}
