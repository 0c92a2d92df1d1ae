using System.Diagnostics;

namespace Auxo.Registry.Tests;

/// <summary>What a client said, and how it ended.</summary>
internal sealed record ClientAnswer(int ExitCode, string Said)
{
    /// <summary>It must have ended well.</summary>
    public ClientAnswer Well()
    {
        Assert.True(ExitCode == 0, Said);
        return this;
    }

    /// <summary>It must have ended badly, and said this.</summary>
    public ClientAnswer Badly(string said)
    {
        Assert.True(ExitCode != 0, Said);
        Assert.True(Said.Contains(said, StringComparison.Ordinal), $"'{said}' is not in: {Said}");
        return this;
    }
}

/// <summary>Runs programs as they are, in a home of their own and without the settings of this machine.</summary>
internal sealed class RealClient(string home, params (string Name, string Value)[] environment)
{
    private static readonly string[] OfThisMachine = ["PIP_", "TWINE_", "FLIT_", "NUGET_", "DOTNET_CLI_", "MSBuild", "MSBUILD"];

    public async Task<ClientAnswer> RunAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(static k => OfThisMachine.Any(k.StartsWith)).ToList())
            start.Environment.Remove(name);
        start.Environment["HOME"] = home;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new ClientAnswer(process.ExitCode, await said + await complained);
    }
}
