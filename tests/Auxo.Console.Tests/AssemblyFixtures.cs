using Auxo.Console.Tests.Browser;

[assembly: AssemblyFixture(typeof(Chromium))]
