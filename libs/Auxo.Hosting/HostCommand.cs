using Aspire.Hosting;

using Auxo.Hosting.Development;
using Auxo.Hosting.Model;
using Auxo.Hosting.Supervision;
using Auxo.Instances;

namespace Auxo.Hosting;

/// <summary>The command line of an AppHost whose model is executed in two ways: by Aspire as a whole, or by a small supervisor.</summary>
public static class HostCommand
{
    /// <summary>Longer than every resource may take to fail three times.</summary>
    private static readonly TimeSpan DetachLimit = TimeSpan.FromMinutes(11);

    /// <summary>
    /// Does what the command line says. Errors are one line each on standard error.
    /// <list type="table">
    /// <item><term>nothing, or what Aspire's tools give</term><description>Aspire as a whole, with its dashboard</description></item>
    /// <item><term><c>up</c></term><description>the supervisor, in the foreground until Ctrl-C</description></item>
    /// <item><term><c>up --detach</c></term><description>in the background; returns when all is healthy</description></item>
    /// <item><term><c>up --dashboard</c></term><description>with Aspire's dashboard for traces and logs</description></item>
    /// <item><term><c>down</c>, <c>status</c></term><description>for what runs</description></item>
    /// </list>
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="describe">Describes the application; nothing is started by this.</param>
    /// <returns>The exit code: 0, or 1 when it could not start, 2 for a word it does not know.</returns>
    public static async Task<int> RunAsync(string[] args, Action<IDistributedApplicationBuilder> describe)
    {
        try
        {
            var layout = InstanceLayout.Locate(Environment.GetEnvironmentVariable);
            // Before the model takes out of the environment what no resource may inherit.
            var settings = StartSettings.Of(Environment.GetEnvironmentVariables());
            return args switch
            {
                ["up", .. var options] when options.Contains("--detach") && Known(options)
                    => await Detached.UpAsync(layout, settings, options.Contains("--dashboard"), DetachLimit),
                ["up", .. var options] when Known(options) => await SuperviseAsync(
                    layout, settings, describe, options.Contains("--dashboard"), new ForegroundOutput(
                        Console.Out, !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null)),
                ["--serve", .. var options] => await SuperviseAsync(
                    layout, settings, describe, options.Contains("--dashboard"), output: null),
                ["down"] => await Detached.DownAsync(layout),
                ["status"] => await Detached.StatusAsync(layout),
                [] or [['-', ..], ..] => await DevelopmentRun.RunAsync(args, layout, settings, describe),
                _ => Fail($"'{string.Join(' ', args)}' is not understood; known are up [--detach] [--dashboard], down and status.", 2),
            };
        }
        catch (HostingException e)
        {
            return Fail(e.Message, 1);
        }
    }

    private static bool Known(string[] options) => options.Except(["--detach", "--dashboard"], StringComparer.Ordinal).Any() is false;

    private static async Task<int> SuperviseAsync(
        InstanceLayout layout, IReadOnlyDictionary<string, string> settings, Action<IDistributedApplicationBuilder> describe,
        bool dashboard, ForegroundOutput? output)
    {
        // Aspire watches the folder in which it is started, with all folders in it.
        Environment.CurrentDirectory = AppContext.BaseDirectory;
        var builder = SupervisedBuilder();
        Describe(builder, layout, describe);
        return await SupervisedRun.RunAsync(builder, layout, settings, dashboard, output);
    }

    /// <summary>A builder for the supervisor: neither the orchestrator nor the dashboard need be installed.</summary>
    internal static IDistributedApplicationBuilder SupervisedBuilder()
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = [], DisableDashboard = true });
        // Aspire checks that they are named, also where nothing starts them.
        builder.Configuration["DcpPublisher:CliPath"] = builder.Configuration["DcpPublisher:DashboardPath"] = "/not/used";
        return builder;
    }

    /// <summary>The model, the operator's settings applied to it.</summary>
    internal static void Describe(
        IDistributedApplicationBuilder builder, InstanceLayout layout, Action<IDistributedApplicationBuilder> describe)
    {
        builder.Configuration["AUXO_HOME"] = layout.Home;
        // The operator's own connection string may be a superuser's; a service gets only its own.
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(static n => n.StartsWith("ConnectionStrings__", StringComparison.Ordinal)).ToList())
            Environment.SetEnvironmentVariable(name, null);
        describe(builder);
        builder.ApplySettings();
    }

    private static int Fail(string message, int code)
    {
        foreach (var line in message.Split('\n')) Console.Error.WriteLine($"auxo: {line}");
        return code;
    }
}
