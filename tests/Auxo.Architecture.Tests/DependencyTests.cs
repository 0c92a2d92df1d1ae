using System.Reflection;
using System.Text.RegularExpressions;

namespace Auxo.Architecture.Tests;

/// <summary>Who may know whom. What is not in these tables is not allowed: adding a line is a decision.</summary>
public sealed partial class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Auxo.Contracts"] = [],
        ["Auxo.BackgroundWork"] = [],
        ["Auxo.Git"] = [],
        ["Auxo.Reports"] = [],
        ["Auxo.Locks"] = [],
        ["Auxo.Owners"] = ["Auxo.Contracts"],
        ["Auxo.Radicle"] = ["Auxo.Contracts", "Auxo.Git"],
        ["Auxo.ServiceDefaults"] = ["Auxo.BackgroundWork", "Auxo.Contracts", "Auxo.Instances"],
        ["Auxo.Migrator"] =
            ["Auxo.ServiceDefaults", "Auxo.Ingest", "Auxo.Metrics", "Auxo.Notify", "Auxo.Pipeline", "Auxo.Registry"],
        ["Auxo.Instances"] = [],
        ["Auxo.Postgres"] = ["Auxo.Instances"],
        ["Auxo.Hosting"] = ["Auxo.Instances", "Auxo.Postgres"],
        ["Auxo.AppHost"] = ["Auxo.Hosting", "Auxo.ServiceDefaults"],
        ["Auxo.Api"] = [],
        ["Auxo.Cli"] = ["Auxo.Api", "Auxo.Contracts", "Auxo.Git", "Auxo.Instances", "Auxo.Locks", "Auxo.Owners", "Auxo.Radicle"],
        ["Auxo.Console"] = ["Auxo.Api", "Auxo.Contracts", "Auxo.Instances", "Auxo.ServiceDefaults"],
        ["Auxo.Ingest"] = ["Auxo.ServiceDefaults", "Auxo.Contracts", "Auxo.BackgroundWork", "Auxo.Git", "Auxo.Radicle"],
        ["Auxo.Pipeline"] =
            ["Auxo.ServiceDefaults", "Auxo.Contracts", "Auxo.BackgroundWork", "Auxo.Git", "Auxo.Locks", "Auxo.Owners",
                "Auxo.Radicle", "Auxo.Reports"],
        ["Auxo.Notify"] = ["Auxo.ServiceDefaults", "Auxo.Contracts", "Auxo.BackgroundWork"],
        ["Auxo.Metrics"] = ["Auxo.ServiceDefaults", "Auxo.Contracts", "Auxo.BackgroundWork"],
        ["Auxo.Registry"] = ["Auxo.ServiceDefaults", "Auxo.Contracts", "Auxo.BackgroundWork", "Auxo.Radicle"],
    };

    public static TheoryData<string> Products
        => [.. Solution.Projects.Values.Where(static p => !p.IsTest).Select(static p => p.Name).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Services
        => [.. Solution.Projects.Values.Where(static p => p.IsService).Select(static p => p.Name).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Products))]
    public void a_project_refers_only_to_what_the_design_allows(string name)
    {
        Assert.True(Allowed.ContainsKey(name), $"{name} is new: say in DependencyTests what it may refer to.");
        Assert.Empty(Solution.Projects[name].References.Except(Allowed[name], StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void a_service_never_refers_to_another_one_not_even_through_something_else(string name)
        => Assert.DoesNotContain(Reachable(name), r => r != name && Solution.Projects[r].IsService);

    [Fact]
    public void libraries_refer_to_no_service_and_to_no_client()
        => Assert.All(Solution.Projects.Values.Where(static p => p.IsLibrary), static library
            => Assert.All(Reachable(library.Name), static r => Assert.True(Solution.Projects[r].IsLibrary)));

    [Fact]
    public void contracts_stand_on_the_base_library_alone()
    {
        Assert.Empty(Solution.Projects["Auxo.Contracts"].Packages);
        Assert.All(typeof(Contracts.Rid).Assembly.GetReferencedAssemblies(), static a => Assert.StartsWith("System.", a.Name));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void services_do_not_call_each_other_over_http(string name)
    {
        // One exception is designed: the registry fetches an artifact's bytes from the pipeline by digest.
        var folder = Path.GetDirectoryName(Solution.Projects[name].File)!;
        var calls = Solution.Files("*.cs").Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal))
            .SelectMany(static f => Sibling().Matches(Solution.Read(f)).Select(m => $"{f}: {m.Value}"))
            .Where(call => !(name == "Auxo.Registry" && call.EndsWith("//pipeline", StringComparison.Ordinal)));
        Assert.Empty(calls);
    }

    [Fact]
    public void every_project_is_in_the_solution()
    {
        var solution = Solution.Read("Auxo.sln").Replace('\\', '/');
        Assert.All(Solution.Projects.Values, project => Assert.Contains(project.File, solution, StringComparison.Ordinal));
    }

    [Fact]
    public void contracts_name_every_service()
        => Assert.Equal(
            Services.Select(static s => s.Data).Order(StringComparer.Ordinal),
            Contracts.KnownServices.Names.Select(static n => $"Auxo.{char.ToUpperInvariant(n[0])}{n[1..]}").Order(StringComparer.Ordinal));

    [Fact]
    public void every_service_is_loaded_by_these_tests()
        => Assert.All(Solution.Projects.Values.Where(static p => p.IsService), static p
            => Assert.NotNull(Assembly.Load(p.Name).EntryPoint));

    [GeneratedRegex("""https?(\+http)?://(ingest|pipeline|notify|metrics|registry)\b""",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Sibling();

    private static HashSet<string> Reachable(string name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>(Solution.Projects[name].References);
        while (next.TryPop(out var reference))
        {
            if (!seen.Add(reference)) continue;
            foreach (var further in Solution.Projects[reference].References) next.Push(further);
        }

        return seen;
    }
}
