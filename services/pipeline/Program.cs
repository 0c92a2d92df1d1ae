using Auxo.Pipeline;
using Auxo.Pipeline.Doctor;
using Auxo.Pipeline.Local;
using Auxo.Pipeline.Runners.Remote;
using Auxo.ServiceDefaults.Doctor;

if (args is [Diagnose.Word]) return await Diagnose.PrintAsync(DiagnosePipeline.LookAsync);
if (args is [LocalProgram.Word, .. var words]) return await LocalProgram.MainAsync(words);
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
