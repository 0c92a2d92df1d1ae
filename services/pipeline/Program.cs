using Auxo.Pipeline;
using Auxo.Pipeline.Doctor;
using Auxo.ServiceDefaults.Doctor;

if (args is [Diagnose.Word]) return await Diagnose.PrintAsync(DiagnosePipeline.LookAsync);

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("pipeline");
builder.AddStore(Configuration.Model);
builder.AddMessages(Configuration.Model);
builder.AddPipeline();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapPipeline();
return await app.RunServiceAsync(args);
