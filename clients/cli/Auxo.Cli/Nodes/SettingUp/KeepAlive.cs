using System.Globalization;
using System.Text;

using Auxo.Cli.WorkingCopies;

namespace Auxo.Cli.Nodes.SettingUp;

/// <summary>Writes what systemd or launchd needs to keep a program running; enabling it is the user's.</summary>
internal static class KeepAlive
{
    /// <summary>Writes the file. One that is there and says something else is left as it is.</summary>
    /// <param name="name">What the step is called.</param>
    /// <param name="file">Where.</param>
    /// <param name="text">What.</param>
    /// <param name="enable">What enables it.</param>
    /// <param name="dry">Change nothing.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<SetupStep> WriteAsync(
        string name, string file, string text, IReadOnlyList<string> enable, bool dry, CancellationToken ct)
    {
        if (await OrdinaryFile.ReadTextAsync(file, ct) is { } there)
            return there == text
                ? new SetupStep(name, "fine", $"{file} is there; where it is not enabled yet:", enable)
                : new SetupStep(name, "fine", $"{file} is there and says something else, so it was left as it is");
        if (dry) return new SetupStep(name, "needed", $"would write {file}; then to be enabled:", enable);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await FreshFile.ReplaceAsync(file, Encoding.UTF8.GetBytes(text), ct);
        return new SetupStep(name, "done", $"wrote {file}; enable it:", enable);
    }

    /// <summary>A plist for launchd on macOS: started at login, and again after a failure.</summary>
    public static string LaunchdPlist(string label, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> variables)
        => string.Create(CultureInfo.InvariantCulture, $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        <dict>
          <key>Label</key><string>{label}</string>
          <key>ProgramArguments</key><array>{string.Concat(arguments.Select(static a => $"<string>{Xml(a)}</string>"))}</array>
          <key>EnvironmentVariables</key>
          <dict>{string.Concat(variables.Select(static v => $"<key>{v.Name}</key><string>{Xml(v.Value)}</string>"))}</dict>
          <key>RunAtLoad</key><true/>
          <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
        </dict>
        </plist>

        """);

    private static string Xml(string text) => System.Security.SecurityElement.Escape(text);
}
