using System.CommandLine;
using System.CommandLine.Help;
using System.ComponentModel;
using System.Text.Json;

using Auxo.Api;
using Auxo.Cli.Access;
using Auxo.Cli.Adapter;
using Auxo.Cli.Alerts;
using Auxo.Cli.Artifacts;
using Auxo.Cli.Branches;
using Auxo.Cli.Ci;
using Auxo.Cli.Completion;
using Auxo.Cli.DeadLetters;
using Auxo.Cli.Demo;
using Auxo.Cli.Dependencies;
using Auxo.Cli.Deployments;
using Auxo.Cli.Doctor;
using Auxo.Cli.Gate;
using Auxo.Cli.Handlers;
using Auxo.Cli.Hooks;
using Auxo.Cli.Mesh.Agents;
using Auxo.Cli.Mesh;
using Auxo.Cli.Metrics;
using Auxo.Cli.Mirrors;
using Auxo.Cli.Monitoring;
using Auxo.Cli.Nodes;
using Auxo.Cli.Notify;
using Auxo.Cli.Outbox;
using Auxo.Cli.Output;
using Auxo.Cli.Overview;
using Auxo.Cli.Owners;
using Auxo.Cli.Patches;
using Auxo.Cli.People;
using Auxo.Cli.Queues;
using Auxo.Cli.Raw;
using Auxo.Cli.Registry;
using Auxo.Cli.Reports;
using Auxo.Cli.Repositories;
using Auxo.Cli.Runners;
using Auxo.Cli.Scan;
using Auxo.Cli.Schedules;
using Auxo.Cli.Secrets;
using Auxo.Cli.Settings;
using Auxo.Cli.Shims;
using Auxo.Cli.Status;
using Auxo.Cli.Tokens;
using Auxo.Cli.Trace;
using Auxo.Cli.WebConsole;
using Auxo.Git;

namespace Auxo.Cli;

/// <summary>The whole command line, and what happens to errors.</summary>
internal static class AuxoCommandLine
{
    /// <summary><c>@alice</c> is an owner, not a file with further words.</summary>
    private static readonly ParserConfiguration WordsAsTheyAre = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs one command and returns its exit code (see <see cref="ExitCode"/>).</summary>
    public static async Task<int> RunAsync(string[] args, CliHost host, CancellationToken ct = default)
    {
        var json = args.Contains("--json", StringComparer.Ordinal);
        try
        {
            if (args is [CompletionCommand.Question, .. var words])
            {
                await CompletionCommand.AnswerAsync(Create(host), words, host, ct);
                return ExitCode.Ok;
            }

            var parsed = Create(host).Parse(args, WordsAsTheyAre);
            if (Suggestions.For(parsed) is { } misunderstood) throw misunderstood;
            await using var text = new StreamWriter(host.StandardOutput, leaveOpen: true);
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = text, Error = host.StandardError }, ct);
        }
        catch (CliException e)
        {
            Report(host, json, e);
            return e.Code;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (IOException e) when (e.Message.Contains("Broken pipe", StringComparison.OrdinalIgnoreCase))
        {
            // The reader went away ('auxo ci logs | head'): it has what it wanted.
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or GitException or Win32Exception)
        {
            Report(host, json, new CliException(ExitCode.Negative, e.Message));
            return ExitCode.Negative;
        }
        catch (Exception e)
        {
            // Nobody wrote words for it: what it is, and what its maker needs.
            const string asking = "This is a defect of Auxo. Please report it with these lines:";
            Report(host, json, new CliException(ExitCode.Defect, asking, e.ToString()));
            return ExitCode.Defect;
        }
    }

    /// <summary>No RootCommand: that one is called like the file, and people type <c>auxo</c>.</summary>
    internal static Command Create(CliHost host) => new("auxo", "Auxo: CI/CD for Radicle repositories, on your own machines.")
    {
        GlobalOptions.Json,
        new HelpOption(),
        new VersionOption { Recursive = false },
        StatusCommand.Create(host),
        SyncStatusCommand.Create(host),
        DoctorCommand.Create(host),
        NodeCommand.Create(host),
        AgentCommand.Create(host),
        MeshCommand.Create(host),
        ConsoleCommand.Create(host),
        RepoCommand.Create(host),
        PatchCommand.Create(host),
        CiCommand.Create(host),
        GateCommand.Create(host),
        HooksCommand.Create(host),
        CleanBranchesCommand.Create(host),
        OwnersCommand.Create(host),
        ScanCommand.Create(host),
        ScheduleCommand.Create(host),
        RunnerCommand.Create(host),
        ListRunners.Create(host, "runners"),
        ShowQueue.Create(host),
        SecretCommand.Create(host),
        TraceCommand.Create(host),
        MetricsCommand.Create(host),
        MonitoringCommand.Create(host),
        AlertsCommand.Create(host),
        ReportCommand.Create(host),
        BackfillRepository.Create(host),
        DeployCommand.Create(host),
        FailureCommand.Create(host),
        ArtifactsCommand.Create(host),
        RawCommand.Create(host),
        RegistryCommand.Create(host),
        MirrorCommand.Create(host),
        DepsCommand.Create(host),
        NotifyCommand.Create(host),
        OutboxCommand.Create(host),
        QueuesCommand.Create(host),
        SettingsCommand.Create(host),
        DescribeCommand.Create(host),
        DeadLettersCommand.Create(host),
        PeopleCommand.Create(host),
        TokenCommand.Create(host),
        AccessCommand.Create(host),
        DemoCommand.Create(host),
        AdapterCommand.Create(host),
        ShimsCommand.Create(host),
        CompletionCommand.Create(host),
    };

    private static void Report(CliHost host, bool json, CliException e)
    {
        if (json)
        {
            host.StandardError.WriteLine(
                JsonSerializer.Serialize(new { error = new { exitCode = e.Code, message = e.Message, hint = e.Hint } }, ApiJson.Options));
            return;
        }

        host.StandardError.WriteLine("auxo: " + TamedText.OneLine(e.Message));
        foreach (var line in (e.Hint ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)) host.StandardError.WriteLine(
            "  " + TamedText.OneLine(line));
    }
}

/// <summary>Options that every command has.</summary>
internal static class GlobalOptions
{
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Answer in JSON (camelCase, stable) on standard output", Recursive = true,
    };
}
