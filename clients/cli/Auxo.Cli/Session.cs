using System.CommandLine;

using Auxo.Cli.Instances;
using Auxo.Cli.Output;

namespace Auxo.Cli;

/// <summary>One run of one command.</summary>
internal sealed class Session(CliHost host, bool json) : IDisposable
{
    private readonly long _began = host.Time.GetTimestamp();
    private Clients? _clients;
    private TimeSpan _asked;

    public CliHost Host { get; } = host;

    public Terminal Terminal { get; } = new(host, json);

    /// <summary>The running instance's services; finding it is put off until it is needed.</summary>
    public Clients Clients => _clients ??= new Clients(Instance.Find(Host), Host.Time);

    /// <summary>How long somebody has waited for it: without the time in which it waited for an answer.</summary>
    public TimeSpan Waited => Host.Time.GetElapsedTime(_began) - _asked;

    /// <summary>It has waited for an answer since that timestamp.</summary>
    public void Answered(long since) => _asked += Host.Time.GetElapsedTime(since);

    public void Dispose()
    {
        _clients?.Dispose();
        Terminal.Dispose();
    }
}

/// <summary>Words for building commands.</summary>
internal static class CommandExtensions
{
    /// <summary>What the command does; it returns the exit code.</summary>
    public static Command Does(this Command command, CliHost host, Func<ParseResult, Session, CancellationToken, Task<int>> action)
    {
        command.SetAction(async (parsed, ct) =>
        {
            using var session = new Session(host, parsed.GetValue(GlobalOptions.Json));
            return await action(parsed, session, ct);
        });
        return command;
    }
}
