namespace Auxo.Pipeline.Tests.Execution;

/// <summary>One thing that programs take for given on a machine, and a program that needs it.</summary>
/// <param name="Name">What is looked at.</param>
/// <param name="Programs">The row is skipped where one of them is not installed; separated by spaces.</param>
/// <param name="Script">Bash with <c>set -eu -o pipefail</c>, in a folder of its own; it succeeds where the step finds the
/// thing. <c>no</c> is a <c>!</c> that <c>set -e</c> heeds.</param>
public sealed record MachineRow(string Name, string Programs, string Script)
{
    /// <summary>What a step sees.</summary>
    public static readonly MachineRow[] Seen =
    [
        // Shell tools.
        new("awk", "awk", "echo a b | awk '{ print $2 }' | grep -x b"),
        new("sed, sort and xargs", "sed sort xargs", "printf '2\\n1\\n' | sort | xargs -P 2 -n 1 | sed s/1/one/ | grep one"),
        new("find", "find", "find /etc /usr/bin /home /tmp /var -maxdepth 1 >names; grep -x /usr/bin/env names"),
        new("tar", "tar gzip", "echo x >f; tar czf f.tgz f; tar tzvf f.tgz | grep ' f$'"),
        new("make", "make", "printf 'all:\\n\\techo made\\n' | make -s -f - | grep -x made"),
        new("diff of two commands", "diff", "diff <(echo a) <(echo a)"),
        new("file", "file", "file -L /bin/sh | grep ELF"),
        new("df", "df", "df -P . | grep /tmp; df -P /workspace"),
        new("ps", "ps", "ps -e -o pid,comm | grep bash"),
        new("terminal names", "tput", "[ \"$(tput -T xterm cols)\" -ge 80 ]"),

        // Languages and compilers.
        new("git", "git",
            "git init -q r; cd r; echo x >f; git add f; git -c user.name=a -c user.email=a@b.c commit -qm m; git log | grep Author"),
        new("python", "/usr/bin/python3", "python3 -c 'import ssl, sqlite3, ctypes.util; assert ctypes.util.find_library(\"c\")'"),
        new("python's locks", "/usr/bin/python3", "python3 -c 'import multiprocessing as m; m.Lock(); m.Queue()'"),
        new("perl", "perl", "perl -MSys::Hostname -MSocket -e 'hostname() eq \"step\" && gethostbyname(hostname()) or die'"),
        new("java", "java", "java -XshowSettings:properties -version 2>&1 | grep 'user.name = step'"),
        new("java's certificates", "keytool", "keytool -list -cacerts -storepass changeit | grep -i trustedCertEntry"),
        new("javac", "javac java",
            "echo 'class T { public static void main(String[] a) { System.out.println(7); } }' >T.java; javac T.java; "
                + "java T | grep -x 7"),
        new("maven", "mvn", "mvn -version | grep 'Maven home'"),
        new("gcc", "gcc", "echo 'int main(void) { return 0; }' >a.c; gcc a.c; ./a.out"),
        new("node", "node", "node -e 'process.exit(require(\"os\").userInfo().username === \"step\" ? 0 : 1)'"),
        new("node's own name", "node", "node -e 'require(\"dns\").lookup(\"step\", e => process.exit(e ? 1 : 0))'"),
        new("dotnet", "dotnet", "dotnet --list-runtimes | grep NETCore"),
        new("pascal", "fpc", "echo 'begin writeln(7) end.' >p.pas; fpc p.pas >log; ./p | grep -x 7"),
        new("cobol", "cobc",
            "printf '       %s\\n' 'PROGRAM-ID. T.' 'PROCEDURE DIVISION.' '    DISPLAY 7.' >t.cob; cobc -x t.cob; ./t | grep 7"),
        new("php", "php", "[ \"$(php -r 'echo get_current_user();')\" = step ]"),
        new("ruby", "ruby", "ruby -retc -e 'exit Etc.getpwuid.name == \"step\"'"),
        new("fonts", "fc-list", "fc-list >fonts 2>errors; [ ! -s errors ]"),
        new("debugger", "gdb", "gdb -batch -ex 'print 6 * 7' | grep 42"),

        // Names: users, services, hosts, places, languages.
        new("whoami", "whoami", "[ \"$(whoami)\" = step ]"),
        new("id", "id", "[ \"$(id -un) $(id -gn)\" = 'step step' ]"),
        new("users", "getent", "[ \"$(getent passwd step | cut -d: -f6)\" = \"$HOME\" ]; getent passwd root nobody; getent group root"),
        new("owner of the workspace", "stat", "[ \"$(stat -c %U .)\" = step ]"),
        new("home", "touch", "touch ~step/x ~/y; [ ~step = ~ ]"),
        new("services", "getent", "getent services https | grep 443; getent protocols tcp"),
        new("services in python", "/usr/bin/python3", "python3 -c 'import socket; assert socket.getservbyname(\"http\") == 80'"),
        new("own host name", "getent hostname", "[ \"$(hostname)\" = step ]; getent hosts step; [ \"$(hostname -f)\" = step ]"),
        new("localhost", "getent",
            "getent ahosts localhost | grep 127.0.0.1; [ \"$(getent hosts 127.0.0.1 | awk '{ print $2 }')\" = localhost ]"),
        new("locale", "locale", "locale -a | grep -i '^c.utf'; x=é; [ ${#x} = 1 ]"),
        new("time zone", "date", "[ \"$(TZ=Europe/Berlin date -d @0 +%H)\" = 01 ]; [ ! -L /etc/localtime ] || [ -e /etc/localtime ]"),
        new("kind of system", "grep", ". /etc/os-release; [ -n \"$ID\" ]"),

        // Certificates and keys.
        new("openssl req", "openssl",
            "openssl req -x509 -newkey rsa:2048 -nodes -keyout k -out c -days 1 -subj /CN=x; openssl x509 -in c -noout"),
        new("certificates", "openssl",
            "openssl verify -CApath /etc/ssl/certs \"$(find -L /etc/ssl/certs -name 'ISRG*X1.pem' | head -n1)\""),
        new("certificates in python", "/usr/bin/python3",
            "python3 -c 'import ssl; assert ssl.create_default_context().cert_store_stats()[\"x509_ca\"] > 9'"),
        new("ssh-keygen", "ssh-keygen", "ssh-keygen -q -t ed25519 -N '' -f k; grep step@step k.pub"),
        new("gpg", "gpg", "gpg --batch --list-keys"),

        // Devices, terminals, memory, temporary files.
        new("/dev/stdout", "tee", "echo out >/dev/stdout; echo more >>/dev/stdout; echo tee | tee /dev/stdout"),
        new("/dev/stderr", "tee", "echo err >/dev/stderr; echo tee | tee /dev/stderr"),
        new("/dev/stdin", "cat", "[ \"$(echo in | cat /dev/stdin)\" = in ]; cat </dev/stdin"),
        new("/dev/fd", "ls", "ls /dev/fd/0 /dev/fd/1; exec 5>f; echo x >/dev/fd/5; grep -x x f"),
        new("/dev/null and its kin", "head",
            "head -c 8 /dev/zero >/dev/null; head -c 8 /dev/urandom >/dev/null; no eval 'echo x >/dev/full'"),
        new("/dev/shm", "mktemp", "mktemp -p /dev/shm"),
        new("temporary files", "mktemp", "mktemp; mktemp -d; mktemp -p /var/tmp; cd /var/run"),
        new("a terminal", "script", "script -qec tty /dev/null | grep /dev/pts"),
        new("a terminal in python", "/usr/bin/python3", "python3 -c 'import pty; assert pty.spawn([\"tty\"]) == 0'"),

        // The network inside.
        new("loopback by number", "/usr/bin/python3", Serve("127.0.0.1")),
        new("loopback by name", "/usr/bin/python3", Serve("localhost")),
        new("loopback by the own host name", "/usr/bin/python3", Serve("step")),
        new("curl", "curl /usr/bin/python3",
            "python3 -m http.server -b localhost 8099 & curl -sf --retry 9 --retry-delay 1 --retry-connrefused "
                + "http://localhost:8099/ >page; kill $!"),

        // The machine.
        new("/proc", "grep", "grep MemTotal /proc/meminfo; grep processor /proc/cpuinfo; [ -e /etc/mtab ]; [ -r /proc/self/maps ]"),
        new("/sys", "cat", "cat /sys/devices/system/cpu/online; no touch /sys/x; no touch /sys/devices/system/x"),
        new("lscpu", "lscpu", "lscpu | grep '^CPU(s):'"),
        new("nproc", "nproc getconf", "[ \"$(nproc)\" -ge 1 ]; [ \"$(getconf _NPROCESSORS_ONLN)\" -ge 1 ]"),
        new("packages", "dpkg-query", "dpkg-query -W bash; dpkg-query -L bash | grep /bin/bash; dpkg-query -s bash | grep Version"),
    ];

    /// <summary>What a step must not see: each script succeeds where the thing is closed.</summary>
    public static readonly MachineRow[] Closed =
    [
        new("passwords", "cat", "for f in shadow shadow- gshadow gshadow- sudoers security/opasswd; do no cat /etc/$f; done"),
        new("host keys", "ls", "no ls /etc/ssh"),
        new("private keys", "ls", "no ls /etc/ssl/private; no ls /etc/pki/tls/private"),
        new("other users", "wc",
            "[ \"$(cut -d: -f1 /etc/passwd | xargs)\" = 'root daemon bin sys step nobody' ]; [ \"$(ls /home)\" = step ]"),
        new("root's home", "ls", "no ls /root; no ls ~root"),
        new("the folder of Auxo", "ls", "no ls $HOST_AUXO; no ls $HOST_AUXO/run; no ls /var/lib/auxo"),
        new("the home of Radicle and of who runs Auxo", "ls", "no ls $HOST_HOME/.radicle; no ls $HOST_HOME"),
        new("PostgreSQL", "ls", "no ls /var/run/postgresql; no ls /var/lib/postgresql; no ls /tmp/.s.PGSQL.5432"),
        new("settings of programs that hold tokens", "ls",
            "for f in gitconfig npmrc pip.conf environment wgetrc docker containerd postgresql apt default/auxo profile.d fstab; do "
                + "no ls -d /etc/$f; done"),
        new("nothing of /etc can be written", "find",
            "no touch /etc/x; no touch /etc/passwd; [ -z \"$(find /etc -writable ! -type l 2>&1)\" ]"),
        new("nothing of /etc is closed to some", "find", "[ -z \"$(find /etc ! -type l ! -perm -o=r 2>&1)\" ]"),
        new("nothing of /sys but processors and memory", "find",
            "[ \"$(ls /sys /sys/devices | xargs)\" = '/sys: devices kernel /sys/devices: system' ]; "
                + "[ \"$(ls /sys/kernel /sys/kernel/mm | xargs)\" = '/sys/kernel: mm /sys/kernel/mm: transparent_hugepage' ]; "
                + "[ -z \"$(find /sys -writable 2>&1)\" ]; no ls /sys/firmware; no ls /sys/class; no ls /sys/fs"),
        new("nothing of /var but the table of packages", "find",
            "[ -z \"$(ls -d /var/* | grep -vxE '/var/(tmp|run|lib)')\" ]; "
                + "[ -z \"$(ls -d /var/lib/* | grep -vxE '/var/lib/(dpkg|rpm|pacman)')\" ]; [ -z \"$(find /var/lib -writable 2>&1)\" ]"),
        new("nothing of /run", "ls", "[ -z \"$(ls -A /run)\" ]"),
        new("kernel settings", "touch",
            "no eval 'echo 1 >/proc/sys/kernel/sysrq'; no eval 'echo b >/proc/sysrq-trigger'; no head -c1 /proc/kcore"),
        new("sockets of the host", "find", "[ -z \"$(find / -xdev -type s 2>/dev/null)\" ]; [ \"$(wc -l </proc/net/unix)\" -le 1 ]"),
    ];

    private static string Serve(string host)
        => $"python3 -c 'import socket as s; l = s.create_server((\"{host}\", 0)); "
            + $"s.create_connection((\"{host}\", l.getsockname()[1]))'";
}
