using System.Diagnostics;
using System.Text;

namespace Auxo.Git;

/// <summary>
/// Runs <c>git</c> with arguments that can be nothing but arguments, a cleared environment, and no configuration but its own:
/// no hooks, no filters, no pagers, no prompts, no dialling out. For a service, repositories of other users are readable (Radicle's
/// storage may belong to another account); for a <see cref="Person"/> only that storage is.
/// </summary>
public static class GitCommand
{
    /// <summary>
    /// No answer is longer: a few trees that hold one another many times have more files than any memory.
    /// </summary>
    public const int MostOutputBytes = 256 << 20;

    /// <summary>For whom this program works; null in a service. A program of a person sets it before its first call.</summary>
    public static GitPerson? Person { get; set; }

    /// <summary>
    /// For commands that compare trees and read no file: git gathers all differences before it prints the first, and ends with
    /// an error when the list of them becomes larger than this.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> LittleMemory =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["GIT_ALLOC_LIMIT"] = "16m" };

    /// <summary>Runs git in <paramref name="repository"/> and returns what it printed.</summary>
    /// <param name="repository">A bare repository or a work tree's top folder.</param>
    /// <param name="arguments">Arguments after <c>git -C repository</c>.</param>
    /// <param name="input">Standard input; null for none.</param>
    /// <param name="environment">Further variables, such as <c>GIT_INDEX_FILE</c>.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <exception cref="GitException">git ended with another exit code than 0.</exception>
    public static async Task<string> RunAsync(
        string repository, IReadOnlyList<string> arguments, CancellationToken cancellationToken, ReadOnlyMemory<byte> input = default,
        IReadOnlyDictionary<string, string>? environment = null)
        => Encoding.UTF8.GetString(await RunBytesAsync(repository, arguments, cancellationToken, input, environment));

    /// <summary>Runs git in <paramref name="repository"/> and returns the bytes that it printed.</summary>
    /// <param name="repository">A bare repository or a work tree's top folder.</param>
    /// <param name="arguments">Arguments after <c>git -C repository</c>.</param>
    /// <param name="input">Standard input; null for none.</param>
    /// <param name="environment">Further variables, such as <c>GIT_INDEX_FILE</c>.</param>
    /// <param name="most">So many bytes may be printed.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <exception cref="GitException">git ended with another exit code than 0, or prints too much.</exception>
    public static async Task<byte[]> RunBytesAsync(
        string repository, IReadOnlyList<string> arguments, CancellationToken cancellationToken, ReadOnlyMemory<byte> input = default,
        IReadOnlyDictionary<string, string>? environment = null, int most = MostOutputBytes)
    {
        using var process = Start(repository, arguments, environment);
        try
        {
            var output = new MemoryStream();
            var reading = KeepAsync(repository, process.StandardOutput.BaseStream, output, most, cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await GiveAsync(process, input, cancellationToken);
            await reading;
            var text = await errors;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? output.ToArray()
                : throw new GitException(repository, arguments, process.ExitCode, text)
                {
                    Output = Encoding.UTF8.GetString(output.GetBuffer().AsSpan(0, (int)Math.Min(output.Length, GitException.MostOutput))),
                };
        }
        finally
        {
            // Here and not by a callback of the token: its readers hear of the end too, and would take the callback back unheard.
            if (!process.HasExited) Kill(process);
        }
    }

    /// <summary>Asks git something that it may answer with no; null then, and where there is no repository.</summary>
    /// <param name="repository">A bare repository or a work tree's top folder.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <param name="arguments">Arguments after <c>git -C repository</c>.</param>
    /// <returns>What it printed, without the line's end.</returns>
    public static async Task<string?> AskAsync(string repository, CancellationToken cancellationToken, params string[] arguments)
    {
        try
        {
            return (await RunAsync(repository, arguments, cancellationToken)).TrimEnd('\n');
        }
        catch (GitException)
        {
            return null;
        }
    }

    private static async Task KeepAsync(
        string repository, Stream printed, MemoryStream output, int most, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 << 10];
        while (await printed.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (output.Length + count > most) throw GitException.TooMuch(repository, $"git printed more than {most:N0} bytes");
            output.Write(buffer, 0, count);
        }
    }

    private static async Task GiveAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        try
        {
            if (!input.IsEmpty) await process.StandardInput.BaseStream.WriteAsync(input, ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // git ended before it read everything; its exit code says why.
        }
    }

    /// <summary>Starts a git process with redirected streams; the caller ends it.</summary>
    internal static Process Start(
        string repository, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("git")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in (ReadOnlySpan<string>)[
            "-C", repository, "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never", "-c", "protocol.file.allow=always",
            "-c", "core.fsmonitor=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false"])
            start.ArgumentList.Add(argument);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        var path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        if (path is not null) start.Environment["PATH"] = path;
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        start.Environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        start.Environment["GIT_NO_LAZY_FETCH"] = "1";
        foreach (var (name, value) in GitPerson.Variables(Person, repository)) start.Environment[name] = value;
        if (environment is not null)
        {
            foreach (var (name, value) in environment) start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("git could not be started; is it on PATH?");
    }

    internal static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has already ended.
        }
    }
}

/// <summary>git said no.</summary>
public sealed class GitException : Exception
{
    internal const int MostOutput = 8 << 10;

    /// <summary>git's words for an object that a partial clone has left elsewhere.</summary>
    private const string Promised = "from promisor remote";

    /// <summary>git has ended so.</summary>
    public GitException(string repository, IReadOnlyList<string> arguments, int exitCode, string errors)
        : base($"git {string.Join(' ', arguments.Take(3))} … in {repository} ended with {exitCode}: {Explain(repository, errors.Trim())}")
        => (ExitCode, Errors) = (exitCode, errors);

    private GitException(string repository, string what)
        : base($"{what} (in {repository})") => (ExitCode, Errors) = (-1, what);

    /// <summary>git's exit code: 128 for fatal errors, 1 for a plain no; -1 when it was not heard to its end.</summary>
    public int ExitCode { get; }

    /// <summary>What git printed on standard error.</summary>
    public string Errors { get; }

    /// <summary>The beginning of what git printed on standard output: some commands say there what is wrong.</summary>
    public string Output { get; init; } = "";

    /// <summary>There is more than is read: somebody may have made it so that it has no end.</summary>
    /// <param name="repository">Where.</param>
    /// <param name="what">A sentence that says what is too much.</param>
    public static GitException TooMuch(string repository, string what) => new(repository, what);

    private static string Explain(string repository, string errors)
        => errors.Contains(Promised, StringComparison.Ordinal)
            ? "it is a partial clone and lacks an object, and nothing is fetched here. Get all of them: "
                + $"git -C {repository} fetch --refetch --no-filter"
            : errors;
}
