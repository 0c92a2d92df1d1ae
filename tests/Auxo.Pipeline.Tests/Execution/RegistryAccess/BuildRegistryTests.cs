using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution.RegistryAccess;

namespace Auxo.Pipeline.Tests.Execution.RegistryAccess;

/// <summary>How long a build's token must last.</summary>
public sealed class BuildRegistryTests
{
    [Fact]
    public void it_outlives_all_steps_one_after_the_other_with_every_further_try()
    {
        var step = Bench.Step("true") with { Timeout = TimeSpan.FromMinutes(10) };
        Assert.Equal(TimeSpan.Zero, BuildRegistry.LimitOf([]));
        Assert.Equal(TimeSpan.FromMinutes(60), BuildRegistry.LimitOf(
        [
            step, step with { Timeout = TimeSpan.FromMinutes(20) }, step with { Retry = new StepRetry(2, [StepRetry.Failure]) },
            step with { LeftOut = "not for this build" },
        ]));
    }
}
