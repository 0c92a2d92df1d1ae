using System.Diagnostics;

using Auxo.Testing.Radicle;
using Auxo.Torture.Audit;
using Auxo.Torture.Kills;
using Auxo.Torture.Load;

namespace Auxo.Torture;

/// <summary>One run: a world, a load, kills, quiet, an audit.</summary>
internal static class TortureRun
{
    /// <summary>Runs; true when nothing is wrong. What is wrong keeps the instance's folder.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="output">The report.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="stop">Ends the killing; the audit follows.</param>
    /// <param name="abort">Ends everything.</param>
    public static async Task<bool> RunAsync(
        TortureOptions options, TextWriter output, TextWriter progress, CancellationToken stop, CancellationToken abort)
    {
        var nodes = !options.Plain && RadicleLab.MissingPrograms().Count == 0;
        var kills = options.Kills is { } k ? $"{k} kills" : $"{options.Duration!.Value.TotalMinutes:0} minutes of kills";
        await progress.WriteLineAsync($"seed {options.Seed}: {kills}{(nodes ? "" : ", without Radicle nodes")}");
        var world = await World.StartAsync(nodes, abort);
        var clean = false;
        try
        {
            var killer = new Killer(world, new KillPlan(options.Seed, nodes), progress);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(abort);
            var began = Stopwatch.GetTimestamp();
            var load = Loads.RunAsync(world, options.Seed, ending.Token);
            try
            {
                await killer.RunAsync(options.Kills, options.Duration, stop);
            }
            finally
            {
                await ending.CancelAsync();
                await load;
            }

            var took = Stopwatch.GetElapsedTime(began);
            await progress.WriteLineAsync($"  {took.TotalSeconds,4:0} s: {killer.Deaths.Count} kills; waiting until all is quiet");
            await using var database = new InstanceDatabase(world.Auxo.Home);
            var findings = await Auditor.RunAsync(world, database, await Quiet.WaitAsync(world, database, abort));
            await output.WriteAsync(Report.Of(options, nodes, took, killer, world.Ledger, findings));
            // After Ctrl-C the matrix need not be through; else a row at which nobody dies is a row that tests nothing.
            clean = findings.IsClean && (stop.IsCancellationRequested || killer.NeverReached.IsEmpty);
        }
        catch (Exception e) when (!abort.IsCancellationRequested)
        {
            await output.WriteLineAsync($"It could not go on, and so was not audited: {(e is TortureException ? e.Message : e)}");
        }
        finally
        {
            if (clean || abort.IsCancellationRequested) await world.DisposeAsync();
            else await output.WriteLineAsync(
                $"kept: {await world.KeepAsync()} (logs/, pg/); the same plan again: auxo torture --seed {options.Seed}");
        }

        return clean;
    }
}
