using System.Runtime.InteropServices;

namespace Auxo.Pipeline.Execution;

/// <summary>The unprivileged account that steps run as when Auxo itself runs as root: <c>nobody</c>.</summary>
/// <param name="Uid">Its number.</param>
/// <param name="Gid">Its group's number.</param>
public sealed partial record StepUser(uint Uid, uint Gid)
{
    /// <summary>Null when this process is no root: steps then run as its user.</summary>
    public static StepUser? Current()
    {
        if (!Environment.IsPrivilegedProcess) return null;
        var entry = File.Exists("/etc/passwd")
            ? File.ReadLines("/etc/passwd")
                .Select(static line => line.Split(':')).FirstOrDefault(static parts => parts is ["nobody", _, _, _, ..])
            : null;
        return entry is not null && uint.TryParse(entry[2], out var uid) && uint.TryParse(entry[3], out var gid) && uid != 0
            ? new StepUser(uid, gid)
            : new StepUser(65534, 65534);
    }

    /// <summary>The account of this process.</summary>
    public static StepUser Effective() => new(EffectiveUser(), EffectiveGroup());

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveGroup();
}
