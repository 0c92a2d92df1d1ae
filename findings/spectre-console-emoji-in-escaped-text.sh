#!/usr/bin/env bash
# Spectre.Console 0.57.2 replaces :word: by an emoji in text that went through Markup.Escape, also where a style tag stands between the colon and
# the word. A DID (did:key:z6Mk…) is shown as "did🔑z6Mk…". In 0.49.1 a tag between them kept the text as it is, so an upgrade changes output.
# Text, Paragraph and WriteLine are not touched. What Auxo does: clients/cli/Auxo.Cli/Output/ColonWriter.cs.
# Seen on 2026-11-28 with .NET 10: '0.49.1: did🔑z6Mk / did:key:z6Mk / did:key:z6Mk' and '0.57.2: did🔑z6Mk / did🔑z6Mk / did:key:z6Mk'.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/Program.cs" <<'CS'
using Spectre.Console;

Console.OutputEncoding = System.Text.Encoding.UTF8;
string Shown(Action<IAnsiConsole> write)
{
    var text = new StringWriter();
    var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
    console.Profile.Capabilities.Unicode = true;
    write(console);
    return text.ToString().Trim();
}

const string Did = "did:key:z6Mk";
Console.WriteLine(string.Join(" / ",
    Shown(c => c.MarkupLine(Markup.Escape(Did))),
    Shown(c => c.MarkupLine(Markup.Escape(Did).Replace(":", ":[default][/]"))),
    Shown(c => c.Write(new Text(Did)))));
CS

# answer VERSION: what a program with that version writes.
answer() {
    cat >"$folder/p.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Spectre.Console" Version="[$1]" />
  </ItemGroup>
</Project>
XML
    (cd "$folder" && dotnet run -v quiet)
}

old=$(answer 0.49.1)
new=$(answer 0.57.2)
printf '0.49.1: %s\n0.57.2: %s\n' "$old" "$new"
if [ "$old" != 'did🔑z6Mk / did:key:z6Mk / did:key:z6Mk' ] || [ "$new" != 'did🔑z6Mk / did🔑z6Mk / did:key:z6Mk' ]; then
    echo "This has changed: see whether ColonWriter is still needed." >&2
    exit 1
fi
