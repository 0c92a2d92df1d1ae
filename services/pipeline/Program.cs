using Auxo.Pipeline;
using Auxo.Pipeline.Doctor;
using Auxo.Pipeline.Local;
using Auxo.Pipeline.Runners.Remote;
using Auxo.Radicle;
using Auxo.ServiceDefaults.Doctor;

if (args is [Diagnose.Word]) return await Diagnose.PrintAsync(DiagnosePipeline.LookAsync);
if (args is [LocalProgram.Word, .. var words])
{
    using var stop = new CancellationTokenSource();
    Console.CancelKeyPress += (_, pressed) =>
    {
        pressed.Cancel = true;
        stop.Cancel();
    };
    // Somebody asks about his own working copy.
    Func<string, string?> variable = Environment.GetEnvironmentVariable;
    GitCommand.Person = new GitPerson(
        variable("HOME"), variable("XDG_CONFIG_HOME"),
        RadicleHome.Find(variable) is RadicleHomeSearch.Found { Home.Path: var home } ? Path.Combine(home, "storage") : null);
    return await LocalProgram.RunAsync(words, Console.Out, new ConfigurationBuilder().AddEnvironmentVariables().Build(), stop.Token);
}

if (args is ["--role", "runner"]) return await RunnerProgram.RunAsync(Console.Out);

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("pipeline");
builder.AddStore(Configuration.Model);
builder.AddMessages(Configuration.Model);
builder.AddPipeline();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapPipeline();
return await app.RunServiceAsync(args);
