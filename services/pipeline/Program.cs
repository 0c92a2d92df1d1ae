using Auxo.Pipeline;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("pipeline");
builder.AddPipeline();
var app = builder.Build();
app.MapDefaultEndpoints();
app.MapPipeline();
app.Run();
