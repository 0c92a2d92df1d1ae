using Auxo.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("notify");

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
