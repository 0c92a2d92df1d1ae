using Auxo.Instances;
using Auxo.Pipeline.Execution.Processes;

namespace Auxo.Pipeline.Tests.Execution;

public sealed class LeftoverProcessesTests
{
    private static readonly InstanceLayout Home = new("/data/auxo");

    [Theory]
    [InlineData("bwrap --bind /data/auxo/run/workspaces/1/tree /workspace", "", true)]
    [InlineData("/usr/bin/bwrap --bind /data/auxo/run/steps/probe /workspace", "", true)]
    [InlineData("bash --noprofile", "PATH=/bin HOME=/data/auxo/run/steps/1", true)]
    [InlineData("bwrap --bind /data/auxo2/run/workspaces/1/tree /workspace", "", false)]
    [InlineData("bwrap --bind /data/auxo/other /workspace", "", false)]
    [InlineData("less /data/auxo/run/workspaces/1/tree/README.md", "HOME=/home/ann PWD=/data/auxo/run/workspaces/1/tree", false)]
    [InlineData("bash", "HOME=/data/auxo", false)]
    [InlineData("", "", false)]
    public void only_what_a_build_of_this_instance_started_is_one(string commandLine, string environment, bool isOne)
        => Assert.Equal(isOne, LeftoverProcesses.IsOfABuild(commandLine.Split(' '), environment.Split(' '), Home));
}
