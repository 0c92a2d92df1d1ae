using Auxo.Registry;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("registry");
builder.AddRegistry();
var app = builder.Build();
app.MapDefaultEndpoints();
app.MapRegistry();
app.Run();
