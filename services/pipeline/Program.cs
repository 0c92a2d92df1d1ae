using Auxo.Pipeline;
using Auxo.Pipeline.Doctor;
using Auxo.ServiceDefaults.Doctor;

if (args is [Diagnose.Word]) return await Diagnose.PrintAsync(DiagnosePipeline.LookAsync);

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("pipeline");
builder.AddPipeline();
var app = builder.Build();
app.MapDefaultEndpoints();
app.MapPipeline();
app.Run();
return 0;
