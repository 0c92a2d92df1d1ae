using Auxo.Instances;
using Auxo.Pipeline.Doctor;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.Tests.Execution.RegistryAccess;
using Auxo.ServiceDefaults.Doctor;

namespace Auxo.Pipeline.Tests.Doctor;

/// <summary>What the doctor says of the registry in steps.</summary>
public sealed class RegistryDiagnosisTests : IDisposable
{
    private readonly InstanceLayout _layout = new(Directory.CreateTempSubdirectory("auxo-home-").FullName);
    private readonly StepRepositories _given = new([new StepRepository("npm", "npm"), new StepRepository("pypi", "python")], ["npm"]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task it_says_whether_they_reach_it_and_what_is_missing()
    {
        _layout.Make();
        var none = await RegistryDiagnosis.LookAsync(StepRepositories.None, _layout, Ct);
        Assert.Equal(Health.Fine, none.State);
        Assert.Contains("Auxo__Steps__Registry", none.Text, StringComparison.Ordinal);

        Assert.Contains("no key", await WarningAsync(), StringComparison.Ordinal);
        PrivateFiles.Secret(_layout.BuildTokenKey);
        Assert.Contains("does not listen", await WarningAsync(), StringComparison.Ordinal);
        await using (await SocketServer.StartAsync(_layout))
        {
            var fine = await RegistryDiagnosis.LookAsync(_given, _layout, Ct);
            Assert.Equal(
                (Health.Fine, "those of trusted authors reach it (npm, pypi:python) and may write to npm"), (fine.State, fine.Text));
        }

        // A file that nobody listens at any more.
        Assert.Contains("does not listen", await WarningAsync(), StringComparison.Ordinal);
        var deep = new InstanceLayout(Path.Combine(_layout.Home, new string('x', 100)));
        Assert.Contains("too long", (await RegistryDiagnosis.LookAsync(_given, deep, Ct)).Text, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_layout.Home, recursive: true);

    private async Task<string> WarningAsync()
    {
        var said = await RegistryDiagnosis.LookAsync(_given, _layout, Ct);
        Assert.Equal(Health.Warning, said.State);
        Assert.NotNull(said.Next);
        return said.Text;
    }
}
