#!/usr/bin/env bash
# ASP.NET Core 10, Blazor's enhanced navigation: an element with data-permanent is kept when the page is exchanged for another, though the element there has another id: ids are
# not compared, the value of data-permanent is. Two elements without a value are taken for the same one: it gets the new one's attributes, its id too, and keeps the old
# content. Here the element is called log-b and shows the log of 'a'. With a value of its own each is shown.
# What Auxo does: every data-permanent of the console has a value (clients/console/Auxo.Console/Builds/LogSection.razor).
# It needs a browser: chromium on PATH.
# Seen on 2026-11-29 with .NET 10.0.12 (blazor.web.js) and Chromium 156: 'without a value: log-b shows a; with a value: log-b shows b'.
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
<html><head><base href="/"></head><body>
<Router AppAssembly="typeof(Document).Assembly"><Found Context="route"><RouteView RouteData="route" /></Found></Router>
<script src="_framework/blazor.web.js"></script>
<script>
    Blazor.addEventListener("enhancedload", () => document.body.dataset.done = "yes");
    setTimeout(() => Blazor.navigateTo(location.pathname.replace("/a", "/b")), 500);
</script>
</body></html>
RAZOR
cat >"$folder/Page.razor" <<'RAZOR'
@page "/{how}/{step}"
@if (How == "bare")
{
    <pre id="log-@Step" data-permanent>@Step</pre>
}
else
{
    <pre id="log-@Step" data-permanent="@Step">@Step</pre>
}
@code {
    [Parameter] public string How { get; set; } = "";
    [Parameter] public string Step { get; set; } = "";
}
RAZOR
cat >"$folder/Program.cs" <<'CS'
using System.Diagnostics;
using System.Text.RegularExpressions;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.WebHost.UseStaticWebAssets();
builder.Services.AddRazorComponents();
var app = builder.Build();
app.UseAntiforgery();
app.MapStaticAssets();
app.MapRazorComponents<Site.Document>();
await app.StartAsync();
string Of(string how)
{
    var start = new ProcessStartInfo("chromium", ["--headless", "--disable-gpu", "--virtual-time-budget=8000", "--dump-dom", $"{app.Urls.First()}/{how}/a"])
    {
        RedirectStandardOutput = true, RedirectStandardError = true,
    };
    if (Environment.IsPrivilegedProcess) start.ArgumentList.Insert(0, "--no-sandbox");
    using var browser = Process.Start(start)!;
    browser.ErrorDataReceived += (_, _) => { };
    browser.BeginErrorReadLine();
    var page = browser.StandardOutput.ReadToEnd();
    var log = Regex.Match(page, "<pre id=\"(log-.)\"[^>]*>(.)</pre>");
    return page.Contains("data-done=\"yes\"") ? $"{log.Groups[1].Value} shows {log.Groups[2].Value}" : "the page was not exchanged";
}

Console.WriteLine($"without a value: {Of("bare")}; with a value: {Of("valued")}");
await app.StopAsync();
CS
said=$(cd "$folder" && dotnet run -v quiet)
echo "$said"
[ "$said" = 'without a value: log-b shows a; with a value: log-b shows b' ] || {
    echo "This has changed: see whether the values of data-permanent in the console are still needed." >&2
    exit 1
}
