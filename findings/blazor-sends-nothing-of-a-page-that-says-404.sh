#!/usr/bin/env bash
# ASP.NET Core 10: a Razor component page in static rendering that sets Response.StatusCode = 404 while it is initialised is not sent: the answer is 404 with an empty
# body, where another code of an error (410) comes with the page. The status is taken for "not found" as NavigationManager.NotFound() means it, whose page
# comes from elsewhere, so that a page which says in its own words what is missing shows the browser's blank error instead; a middleware for status codes then
# puts its own words there. Setting the status when the answer starts (Response.OnStarting) sends both.
# What Auxo does: clients/console/Auxo.Console/Layout/Missing.razor sets it there.
# Seen on 2026-11-29 with .NET 10.0: '404 at once: 404, empty; 410 at once: 410, page; 404 when the answer starts: 404, page'.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/p.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <RootNamespace>Site</RootNamespace>
  </PropertyGroup>
</Project>
XML
cat >"$folder/Document.razor" <<'RAZOR'
@using Microsoft.AspNetCore.Components.Routing
<!DOCTYPE html>
<html><body><Router AppAssembly="typeof(Document).Assembly"><Found Context="route"><RouteView RouteData="route" /></Found></Router></body></html>
RAZOR
cat >"$folder/Page.razor" <<'RAZOR'
@page "/{how}/{code:int}"
<p>what is missing, in words</p>
@code {
    [Parameter] public string How { get; set; } = "";
    [Parameter] public int Code { get; set; }
    [CascadingParameter] private HttpContext Http { get; set; } = null!;
    protected override void OnInitialized()
    {
        if (How == "now") Http.Response.StatusCode = Code;
        else Http.Response.OnStarting(() => { Http.Response.StatusCode = Code; return Task.CompletedTask; });
    }
}
RAZOR
cat >"$folder/Program.cs" <<'CS'
var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddRazorComponents();
var app = builder.Build();
app.UseAntiforgery();
app.MapRazorComponents<Site.Document>();
await app.StartAsync();
using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
async Task<string> OfAsync(string path)
{
    using var answer = await http.GetAsync(path);
    var body = await answer.Content.ReadAsStringAsync();
    return $"{(int)answer.StatusCode}, {(body.Contains("in words") ? "page" : body.Length == 0 ? "empty" : "other")}";
}

Console.WriteLine($"404 at once: {await OfAsync("now/404")}; 410 at once: {await OfAsync("now/410")}; 404 when the answer starts: {await OfAsync("later/404")}");
await app.StopAsync();
CS
said=$(cd "$folder" && dotnet run -v quiet)
echo "$said"
[ "$said" = '404 at once: 404, empty; 410 at once: 410, page; 404 when the answer starts: 404, page' ] || {
    echo "This has changed: see whether Missing.razor can say its status at once." >&2
    exit 1
}
