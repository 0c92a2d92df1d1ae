using System.Text;
using System.Text.RegularExpressions;

namespace Auxo.Cli.Repositories.Starting;

/// <summary>What a new repository is called and about; the names that its files need follow from that.</summary>
/// <param name="Name">As Radicle takes it, and a folder too.</param>
/// <param name="Description">One line.</param>
/// <param name="Type">Which files it begins with.</param>
/// <param name="Owner">Who is asked about changes: an e-mail address.</param>
/// <param name="Year">Of the licence.</param>
internal sealed partial record NewRepository(string Name, string Description, string Type, string Owner, int Year)
{
    /// <summary>Radicle's own limit of a description.</summary>
    private const int MaxDescription = 255;

    /// <summary>The kinds of files there are.</summary>
    public static readonly IReadOnlyList<string> Types = ["shell", "node", "python", "dotnet", "rust", "go"];

    /// <summary>By these files the type of a repository is known that is there already.</summary>
    private static readonly (string Pattern, string Type)[] Signs =
    [
        ("package.json", "node"), ("pyproject.toml", "python"), ("setup.py", "python"), ("requirements.txt", "python"),
        ("Cargo.toml", "rust"), ("go.mod", "go"), ("*.sln", "dotnet"), ("*.slnx", "dotnet"), ("*.csproj", "dotnet"),
    ];

    /// <summary>Why a name cannot be one; null when it can.</summary>
    public static string? Refuse(string name)
        => Form().IsMatch(name) && !name.EndsWith(".git", StringComparison.OrdinalIgnoreCase)
            ? null
            : "A name has up to 64 characters: letters from a to z and A to Z, digits, '-', '_' and '.'; "
                + "it begins and ends with a letter or digit, and not with '.git'. Radicle, or a language, takes no others.";

    /// <summary>Why a description cannot be one; null when it can.</summary>
    public static string? RefuseDescription(string description)
        => description.Any(char.IsControl) ? "A description is one line without control characters."
            : Encoding.UTF8.GetByteCount(description) > MaxDescription ? $"A description has up to {MaxDescription} bytes."
            : null;

    /// <summary>The type of what lies in a folder; <c>shell</c> where nothing says another.</summary>
    public static string TypeOf(string folder)
        => Signs.FirstOrDefault(sign => Directory.EnumerateFiles(folder, sign.Pattern).Any()).Type ?? "shell";

    /// <summary>The words that stand for something in templates.</summary>
    public IReadOnlyDictionary<string, string> Values => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["name"] = Name, ["description"] = Description, ["owner"] = Owner, ["year"] = $"{Year}", ["slug"] = Name.ToLowerInvariant(),
        ["module"] = Module, ["pascal"] = Pascal, ["code"] = Type == "go" ? "`main.go`, `internal/`" : "`src/`",
    };

    private string Module
    {
        get
        {
            var word = string.Concat(Name.ToLowerInvariant().Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_')).Trim('_');
            return char.IsAsciiDigit(word[0]) || Reserved.Contains(word) ? $"lib_{word}" : word;
        }
    }

    private string Pascal
    {
        get
        {
            var joined = string.Concat(Name.Split('-', '_', '.').Where(static word => word.Length > 0)
                .Select(static word => char.ToUpperInvariant(word[0]) + word[1..]));
            return char.IsAsciiDigit(joined[0]) ? $"App{joined}" : joined;
        }
    }

    /// <summary>Words of the languages and modules of Python that a package of one's own must not be called.</summary>
    private static readonly HashSet<string> Reserved = new(
        """
        abc aifc alloc and antigravity argparse array as ast async asynchat asyncio asyncore atexit audioop await base64
        bdb binascii bisect break builtins bz2 calendar cgi cgitb chunk class cmath cmd code codecs codeop collections
        colorsys compileall concurrent configparser const contextlib contextvars continue copy copyreg core crate crypt
        csv ctypes curses dataclasses datetime dbm decimal def del difflib dis distutils doctest elif else email
        encodings ensurepip enum errno except extern false faulthandler fcntl filecmp fileinput finally fn fnmatch for
        fractions from ftplib functools gc genericpath getopt getpass gettext glob global graphlib grp gzip hashlib
        heapq hmac html http idlelib if imaplib imghdr imp impl import importlib in inspect io ipaddress is itertools
        json keyword lambda let lib2to3 linecache locale logging loop lzma mailbox mailcap marshal match math mimetypes
        mmap mod modulefinder move msilib msvcrt multiprocessing mut netrc nis nntplib none not nt ntpath nturl2path
        numbers opcode operator optparse or os ossaudiodev pass pathlib pdb pickle pickletools pipes pkgutil platform
        plistlib poplib posix posixpath pprint profile pstats pty pub pwd pyclbr pydoc pyexpat queue quopri raise random
        re readline ref reprlib resource return rlcompleter runpy sched secrets select selectors self shelve shlex
        shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 ssl stat static statistics std string
        stringprep struct subprocess sunau super symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile
        termios test tests textwrap this threading time timeit tkinter token tokenize tomllib trace traceback
        tracemalloc trait true try tty turtle turtledemo type types typing unicodedata unittest unsafe urllib use uu
        uuid venv warnings wave weakref webbrowser where while winreg winsound with wsgiref xdrlib xml xmlrpc yield
        zipapp zipfile zipimport zlib zoneinfo
        """.Split(' ', '\n'), StringComparer.Ordinal);

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?\\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
