namespace Auxo.Pipeline.Execution.Bubblewrap;

/// <summary>
/// What steps see of the host's <c>/etc</c>: what programs, languages and libraries of distributions look for there, and nothing
/// of services, users, keys, networks, or of programs whose settings often hold a password or a token (git, npm, pip, apt).
/// </summary>
internal static class EtcNames
{
    /// <summary>Files and folders below <c>/etc</c>; a star stands for any end of a name.</summary>
    public static readonly string[] All =
    [
        // The linker and the C library.
        "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld-musl-*", "gai.conf", "host.conf", "netconfig", "bindresvport.blacklist",
        // Names of protocols and kinds of files.
        "services", "protocols", "networks", "rpc", "ethertypes", "mime.types", "magic", "magic.mime", "mailcap",
        // The system, its time zone, language and terminals.
        "*-release", "debian_version", "issue", "issue.net", "localtime", "timezone", "locale.alias", "locale.conf", "default/locale",
        "login.defs", "shells", "inputrc", "terminfo", "papersize", "mtab", "mke2fs.conf", "dpkg", "rpm",
        // Which program a name stands for.
        "alternatives",
        // Certificates of authorities, and how TLS libraries are set up.
        "ssl/certs", "ssl/openssl.cnf", "ssl/cert.pem", "ca-certificates", "ca-certificates.conf", "pki/tls/certs", "pki/tls/cert.pem",
        "pki/tls/openssl.cnf", "pki/ca-trust/extracted", "pki/java", "crypto-policies", "gnutls", "java",
        // Languages and their tools.
        "java-*", ".java", "jvm*", "maven*", "ant*", "gradle*", "groovy*", "scala*", "dotnet", "perl", "python*", "php*", "ruby*",
        "lua*", "R", "julia", "octave*", "ghc*", "erlang", "guile*", "sbcl*", "common-lisp", "emacs*", "fpc*", "gnucobol*",
        "gprofng.rc", "gdb", "xml", "sgml", "texmf", "groff", "fonts", "ImageMagick-*", "chromium*", "libreoffice", "vim", "nanorc",
        "zsh", "fish", "mksh*", "glvnd", "OpenCL", "vulkan", "X11", "gtk-*", "libpaper.d", "dictionaries-common", "odbcinst.ini",
    ];
}
