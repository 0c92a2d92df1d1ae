using Auxo.Pipeline.Execution.Processes;

namespace Auxo.Pipeline.Execution.Bubblewrap;

/// <summary>A sandbox over one workspace that is made before a step needs it. It has the script of nobody, and serves one step.</summary>
/// <param name="workspace">The folder as it was called when the sandbox was made; the sandbox stays with it when it is moved.</param>
/// <param name="arguments">Of <c>bwrap</c>.</param>
/// <param name="start">Starts a sandbox.</param>
internal sealed class ReadySandbox(
    string workspace, IReadOnlyList<string> arguments, Func<IReadOnlyList<string>, Task<WaitingProcess>> start) : IAsyncDisposable
{
    private readonly Task<WaitingProcess> _starting = Task.Run(() => start(arguments));

    /// <summary>The folder that it was made over.</summary>
    public string Workspace => workspace;

    /// <summary>What it was made with.</summary>
    public IReadOnlyList<string> Arguments => arguments;

    /// <summary>
    /// Takes it. Null when it is not there any more, or a sandbox that was made now would see something else of the machine.
    /// </summary>
    /// <param name="now">The arguments as they would be now.</param>
    public async Task<WaitingProcess?> TakeAsync(IReadOnlyList<string> now)
    {
        try
        {
            var waiting = await _starting;
            await waiting.Status.ShellKnown;
            if (waiting.IsReady && now.SequenceEqual(arguments, StringComparer.Ordinal)) return waiting;
            await waiting.DisposeAsync();
            return null;
        }
        catch (Exception e) when (IsOfTheStart(e))
        {
            // The step begins one of its own, which says what is wrong.
            return null;
        }
    }

    /// <summary>Ends when its folder may be moved: it is mounted, or never will be.</summary>
    public async Task StandsAsync()
    {
        try
        {
            await (await _starting).Status.ShellKnown;
        }
        catch (Exception e) when (IsOfTheStart(e))
        {
            // Whoever takes it hears that.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await (await _starting).DisposeAsync();
        }
        catch (Exception e) when (IsOfTheStart(e))
        {
            // It never was.
        }
    }

    private static bool IsOfTheStart(Exception e)
        => e is System.ComponentModel.Win32Exception or InvalidOperationException or IOException or UnauthorizedAccessException;
}
