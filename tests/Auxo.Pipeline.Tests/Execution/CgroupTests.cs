using Auxo.Pipeline.Execution.Cgroups;

namespace Auxo.Pipeline.Tests.Execution;

public sealed class CgroupTests
{
    [Fact]
    public void version_2_takes_the_nearest_group_above_that_hands_out_memory_and_pids()
    {
        string[] mounts = ["30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate"];
        string[] own = ["0::/user.slice/user-1000.slice/user@1000.service/app.slice/auxo.scope"];
        var handsOut = new Dictionary<string, string>
        {
            ["/sys/fs/cgroup"] = "cpuset cpu io memory pids\n",
            ["/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice"] = "memory pids\n",
            ["/sys/fs/cgroup/user.slice/user-1000.slice"] = "memory\n",
        };
        var tiers = CgroupTier.Candidates(mounts, own, folder => handsOut.GetValueOrDefault(folder, "")).ToList();
        const string App = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice";
        Assert.Equal([new CgroupTier(2, App, App, null), new CgroupTier(2, "/sys/fs/cgroup", "/sys/fs/cgroup", "/sys/fs/cgroup")], tiers);
    }

    [Fact]
    public void version_1_takes_children_of_our_own_groups()
    {
        string[] mounts =
        [
            "35 34 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
            "36 34 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
            "37 34 0:32 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids",
            "38 34 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
        ];
        string[] own = ["3:pids:/user.slice", "2:memory:/", "1:cpu,cpuacct:/a/b", "0::/"];
        Assert.Equal(
            [new CgroupTier(1, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids/user.slice", "/sys/fs/cgroup/cpu,cpuacct/a/b",
                "/sys/fs/cgroup/cpu,cpuacct/a/b")],
            CgroupTier.Candidates(mounts, own, static _ => ""));
    }

    [Fact]
    public void in_a_container_the_mount_shows_only_its_part_of_the_tree()
    {
        string[] mounts =
        [
            "36 34 0:31 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
            "37 34 0:32 /docker/abc /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids",
        ];
        string[] own = ["3:pids:/docker/abc", "2:memory:/docker/abc/x"];
        Assert.Equal([new CgroupTier(1, "/sys/fs/cgroup/memory/x", "/sys/fs/cgroup/pids", null)],
            CgroupTier.Candidates(mounts, own, static _ => ""));
    }

    [Fact]
    public void without_control_groups_there_is_no_tier()
        => Assert.Empty(CgroupTier.Candidates(["22 1 8:1 / / rw - ext4 /dev/sda1 rw"], ["0::/"], static _ => ""));
}
