using Auxo.Console;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("console");
builder.AddConsole();

var app = builder.Build();
app.UseConsole();
app.MapDefaultEndpoints();
app.MapConsole();
return await app.RunServiceAsync(args);
