using Auxo.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("registry");

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
