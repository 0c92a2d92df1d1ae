using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Auxo.Pipeline.Execution.Bubblewrap;

/// <summary>
/// The system calls that no build needs and that kernels were broken through: new namespaces and mounts, keys, BPF, performance
/// counters, io_uring, modules, clocks; sockets of families that network namespaces do not hold in (vsock reaches the
/// hypervisor's host). They fail with EPERM, as they would without rights, so programs go on. Written as classic BPF for
/// <c>bwrap --seccomp</c>; no compiler and no library is needed.
/// </summary>
internal static class Seccomp
{
    private const uint Allow = 0x7FFF_0000;
    private const uint Kill = 0x8000_0000;
    private const uint NotPermitted = 0x0005_0000 | 1;
    private const uint NotSupported = 0x0005_0000 | 97;
    private const uint NotImplemented = 0x0005_0000 | 38;

    /// <summary>CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.</summary>
    private const uint NewNamespaces = 0x0002_0000 | 0x0200_0000 | 0x0400_0000 | 0x0800_0000 | 0x1000_0000 | 0x2000_0000 | 0x4000_0000;

    private const uint TerminalInject = 0x5412;
    private const uint ConsoleControl = 0x541C;

    private static readonly Calls X64 = new(0xC000_003E, CloneCall: 56, Clone3: 435, Socket: 41, Ioctl: 16, Refused:
    [
        /* syslog acct quotactl quotactl_fd */ 103, 163, 179, 443,
        /* add_key keyctl request_key */ 248, 250, 249,
        /* move_pages mbind migrate_pages */ 279, 237, 256,
        /* unshare setns mount umount2 pivot_root chroot */ 272, 308, 165, 166, 155, 161,
        /* open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr */ 428, 429, 430, 431, 432, 433, 442,
        /* perf_event_open bpf userfaultfd fanotify_init */ 298, 321, 323, 300,
        /* io_uring_setup io_uring_enter io_uring_register */ 425, 426, 427,
        /* kexec_load kexec_file_load init_module finit_module delete_module reboot */ 246, 320, 175, 313, 176, 169,
        /* swapon swapoff settimeofday clock_settime adjtimex */ 167, 168, 164, 227, 159,
        /* open_by_handle_at lookup_dcookie vhangup nfsservctl */ 304, 212, 153, 180,
    ]);

    private static readonly Calls Arm64 = new(0xC000_00B7, CloneCall: 220, Clone3: 435, Socket: 198, Ioctl: 29, Refused:
    [
        116, 89, 60, 443,
        217, 219, 218,
        239, 235, 238,
        97, 268, 40, 39, 41, 51,
        428, 429, 430, 431, 432, 433, 442,
        241, 280, 282, 262,
        425, 426, 427,
        104, 294, 105, 273, 106, 142,
        224, 225, 170, 112, 171,
        265, 18, 58, 42,
    ]);

    /// <summary>The filter for this machine, or null where its system calls are not known here.</summary>
    public static byte[]? Filter() => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => Compile(X64),
        Architecture.Arm64 => Compile(Arm64),
        _ => null,
    };

    private static byte[] Compile(Calls calls)
    {
        var program = new List<Instruction>
        {
            Load(4), JumpIfEqual(calls.Architecture, 1, 0), Return(Kill),
            Load(0),
            // x32 calls have bit 30 set and would walk past the numbers below.
            JumpIfAtLeast(0x4000_0000, 0, 1), Return(NotImplemented),
            // clone3 hides its flags behind a pointer; libraries fall back to clone.
            JumpIfEqual(calls.Clone3, 0, 1), Return(NotImplemented),
            JumpIfEqual(calls.CloneCall, 0, 4), Load(16), JumpIfAny(NewNamespaces, 0, 1), Return(NotPermitted), Return(Allow),
            JumpIfEqual(calls.Ioctl, 0, 5), Load(24), JumpIfEqual(TerminalInject, 1, 0),
            JumpIfEqual(ConsoleControl, 0, 1), Return(NotPermitted), Return(Allow),
            // AF_UNIX, AF_INET, AF_INET6, AF_NETLINK stay in the network namespace.
            JumpIfEqual(calls.Socket, 0, 7), Load(16), JumpIfEqual(1, 3, 0), JumpIfEqual(2, 2, 0),
            JumpIfEqual(10, 1, 0), JumpIfEqual(16, 0, 1), Return(Allow),
            Return(NotSupported),
        };
        foreach (var call in calls.Refused)
        {
            program.Add(JumpIfEqual(call, 0, 1));
            program.Add(Return(NotPermitted));
        }

        program.Add(Return(Allow));

        var bytes = new byte[program.Count * 8];
        for (var i = 0; i < program.Count; i++)
        {
            var at = bytes.AsSpan(i * 8, 8);
            BinaryPrimitives.WriteUInt16LittleEndian(at, program[i].Code);
            at[2] = program[i].True;
            at[3] = program[i].False;
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], program[i].Value);
        }

        return bytes;
    }

    /// <summary>
    /// A word of <c>seccomp_data</c>: 0 the number, 4 the architecture, 16 and 24 the low halves of the first two arguments.
    /// </summary>
    private static Instruction Load(uint offset) => new(0x20, 0, 0, offset);

    private static Instruction JumpIfEqual(uint value, byte yes, byte no) => new(0x15, yes, no, value);

    private static Instruction JumpIfAtLeast(uint value, byte yes, byte no) => new(0x35, yes, no, value);

    private static Instruction JumpIfAny(uint bits, byte yes, byte no) => new(0x45, yes, no, bits);

    private static Instruction Return(uint action) => new(0x06, 0, 0, action);

    private readonly record struct Instruction(ushort Code, byte True, byte False, uint Value);

    private sealed record Calls(uint Architecture, uint CloneCall, uint Clone3, uint Socket, uint Ioctl, uint[] Refused);
}
