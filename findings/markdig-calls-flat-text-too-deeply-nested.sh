#!/usr/bin/env bash
# Markdig 1.6.0 throws ArgumentException ("Markdown elements in the input are too deeply nested") for text that is not nested at all: a paragraph
# with 10,241 asterisks that open and close nothing, such as a long line of "*a ". Each stays an element inside the one before until the paragraph
# ends, and these count as depth. Real nesting ends much earlier: at 128 block quotes and at 64 lists. CommonMark knows no limit, Markdown.ToHtml
# has no other answer than the exception, and the limit cannot be set; who shows pages of strangers must catch it.
# What Auxo does: services/pipeline/Checks/PageLinks.cs leaves such a page alone and says so in the check's log.
# Seen on 2026-11-29 with .NET 10: 'asterisks: 10240 read, 10241 thrown; quotes: 127 read, 128 thrown; lists: 63 read, 64 thrown'.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/p.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Markdig" Version="[1.6.0]" />
  </ItemGroup>
</Project>
XML
cat >"$folder/Program.cs" <<'CS'
using Markdig;

string Of(string part, int count)
{
    try
    {
        Markdown.ToHtml(string.Concat(Enumerable.Repeat(part, count)) + "a");
        return $"{count} read";
    }
    catch (ArgumentException)
    {
        return $"{count} thrown";
    }
}

(string Name, string Part, int Limit)[] cases = [("asterisks", "*a ", 10_241), ("quotes", "> ", 128), ("lists", "- ", 64)];
Console.WriteLine(string.Join("; ", cases.Select(c => $"{c.Name}: {Of(c.Part, c.Limit - 1)}, {Of(c.Part, c.Limit)}")));
CS
said=$(cd "$folder" && dotnet run -v quiet)
echo "$said"
[ "$said" = 'asterisks: 10240 read, 10241 thrown; quotes: 127 read, 128 thrown; lists: 63 read, 64 thrown' ] || {
    echo "This has changed: see whether PageLinks still has to catch it." >&2
    exit 1
}
