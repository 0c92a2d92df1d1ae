using Auxo.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("metrics");

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
