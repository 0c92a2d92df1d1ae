using System.Globalization;
using System.Text;

using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution.RegistryAccess;

namespace Auxo.Pipeline.Execution;

/// <summary>
/// The part of a step's script that comes before its commands, in the same shell and the same sandbox: kept files are unpacked, package
/// programs are told of the registry, services are started and waited for. After the commands it packs what is to be kept, or prints the
/// last words of the services when the step failed. Services with an image of their own are no matter of the script.
/// </summary>
internal static class StepSetUp
{
    private const int LastLines = 50;

    /// <summary>The lines; empty for a step with neither.</summary>
    /// <param name="run">The step.</param>
    /// <param name="workspace">The workspace's path as the step sees it.</param>
    /// <param name="registry">The registry's address as the step reaches it; null for no registry.</param>
    public static string Of(StepRun run, string workspace, string? registry = null)
    {
        var services = run.Step.Services.Where(static service => service.Image is null).ToList();
        var programs = registry is null ? "" : ClientSettings.Script(run.Registry!, registry, run.Step.Environment);
        if (services.Count == 0 && run.Caches.Count == 0) return programs;
        var script = new StringBuilder();
        AppendEnd(script, run, services, workspace);
        foreach (var cache in run.Caches.Where(static cache => cache.Restores))
        {
            var file = StepScript.Quote($"{workspace}/{cache.File}");
            script.Append(CultureInfo.InvariantCulture,
                $"(cd -- {Top(cache, workspace)} && command tar -xf {file}) 4>&- || echo '--- Auxo: the cache could not be unpacked'\n")
                .Append(CultureInfo.InvariantCulture, $"rm -f {file}\n");
        }

        script.Append(programs);
        if (services.Count > 0) AppendServices(script, services);
        return script.ToString();
    }

    private static void AppendServices(StringBuilder script, IReadOnlyList<StepService> services)
    {
        script.Append("""
            __auxo_ready() {
                __auxo_until=$(($(date +%s) + $2))
                until (set +eu; eval "$3") >/dev/null 2>&1 4>&-; do
                    if [ -e "$__auxo_logs/$1.ended" ]; then echo "service $1 ended before it was ready" >&4; exit 1; fi
                    if [ "$(date +%s)" -ge "$__auxo_until" ]; then echo "service $1 was not ready after $2 s" >&4; exit 1; fi
                    sleep 0.1
                done
            }

            """);
        foreach (var service in services)
        {
            var log = $"\"$__auxo_logs/{service.Name}\"";
            script.Append(CultureInfo.InvariantCulture,
                $"{{ (eval {StepScript.Quote(service.Run)}) || :; : >{log}.ended; }} >{log} 2>&1 </dev/null 4>&- &\n");
        }

        // All are starting by now: they come up side by side.
        foreach (var service in services.Where(static service => service.Ready is not null))
            script.Append(CultureInfo.InvariantCulture,
                $"__auxo_ready {service.Name} {(long)service.Timeout.TotalSeconds} {StepScript.Quote(service.Ready!)}\n");
    }

    /// <summary>What is done at the end, however the step comes to it.</summary>
    private static void AppendEnd(StringBuilder script, StepRun run, IReadOnlyList<StepService> services, string workspace)
    {
        script.Append("__auxo_logs=$HOME/.auxo-services; mkdir -p \"$__auxo_logs\"\n__auxo_end() {\n__auxo=$?; trap - EXIT; set +eu\n");
        script.Append("if [ \"$__auxo\" = 0 ]; then :\n");
        foreach (var cache in run.Caches.Where(static cache => cache.Keeps))
        {
            var file = StepScript.Quote($"{workspace}/{cache.File}");
            var paths = string.Join(' ', cache.Paths.Select(StepScript.Quote));
            script.Append(CultureInfo.InvariantCulture, $$"""
                (cd -- {{Top(cache, workspace)}} || exit
                set --; for p in {{paths}}; do if [ -e "$p" ] || [ -L "$p" ]; then set -- "$@" "$p"; fi; done
                [ $# = 0 ] || command tar -cf {{file}} -- "$@") 4>&- ||
                { rm -f {{file}}; echo '--- Auxo: the cache could not be packed'; }

                """);
        }

        script.Append("else :\n");
        foreach (var service in services)
            script.Append(CultureInfo.InvariantCulture,
                $"echo '--- Auxo: the last lines of the service {service.Name}:'; tail -n {LastLines} \"$__auxo_logs/{service.Name}\"\n");
        script.Append("fi\nexit \"$__auxo\"\n}\ntrap __auxo_end EXIT\n");
    }

    private static string Top(StepCacheFile cache, string workspace) => cache.InHome ? "\"$HOME\"" : StepScript.Quote(workspace);
}
