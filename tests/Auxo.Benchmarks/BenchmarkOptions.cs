namespace Auxo.Benchmarks;

/// <summary>What is asked for on the command line.</summary>
/// <param name="Group">Such as <c>thread</c>; null: all.</param>
/// <param name="Only">Names; empty: all of the group.</param>
/// <param name="Quick">Fewer repetitions: to see that everything works, not to quote.</param>
/// <param name="List">Print what there is.</param>
/// <param name="Json">A file for all figures with their samples.</param>
/// <param name="Write">A page on which the generated part of the group is replaced by the table.</param>
internal sealed record BenchmarkOptions(string? Group, IReadOnlyList<string> Only, bool Quick, bool List, string? Json, string? Write)
{
    private const string Usage = """
        auxo bench [thread|metrics|registry|notify|secrets|console|list]
                   [--only NAME]… [--quick] [--against FOLDER] [--json FILE] [--write PAGE] [--screenshots FOLDER]

          thread       a push to its verdict on real nodes, beside Radicle's own CI; start, memory, webhooks, checks, sandbox,
                       what steps print, a history's secrets, a thousand builds that wait
          metrics      a scrape with 10,000 series and the DORA query at a million events
          registry     files, packages, images and the collector, beside nginx, Verdaccio and docker's registry
          notify       deliveries, beside a bare HttpClient
          secrets      precision and recall of the check secrets over its corpus, beside gitleaks
          hooks        what a commit of 100 staged files waits for, beside the same tools one by one
          console      pages and logs in the browser, and fifty readers of one log
          list         what there is
          --only NAME  one benchmark; may be repeated
          --quick      fewer repetitions: to see that it works, not to quote
          --against FOLDER  by turns with another built working copy of Auxo, which is then the peer
          --json FILE  all figures with their samples
          --write PAGE replaces the generated part of a group on a page, such as docs/performance.md
          --screenshots FOLDER  measures nothing: plays a morning on real nodes and takes six pictures of the console
        """;

    /// <summary>A folder for pictures of the console, which are then all that is made.</summary>
    public string? Screenshots { get; init; }

    /// <summary>Another build, measured by turns with this one; it takes the peer's place.</summary>
    public OtherBuild? Against { get; init; }

    /// <summary>How many repetitions: the second number when it must be quick.</summary>
    public int Count(int usual, int quick) => Quick ? quick : usual;

    /// <summary>Reads the arguments; null after it has said what is wrong with them.</summary>
    public static BenchmarkOptions? Parse(IReadOnlyList<string> arguments, TextWriter errors)
    {
        var options = new BenchmarkOptions(null, [], Quick: false, List: false, null, null);
        for (var i = 0; i < arguments.Count; i++)
        {
            var (argument, value) = (arguments[i], i + 1 < arguments.Count ? arguments[i + 1] : null);
            switch (argument)
            {
                case "list": options = options with { List = true }; continue;
                case "--quick": options = options with { Quick = true }; continue;
                case "all": continue;
                case "--help" or "-h": errors.WriteLine(Usage); return null;
                case "--only" or "--json" or "--write" or "--against" or "--screenshots" when value is null:
                    errors.WriteLine($"auxo: {argument} needs a value.\n{Usage}");
                    return null;
                case "--only": options = options with { Only = [.. options.Only, value!] }; break;
                case "--json": options = options with { Json = Path.GetFullPath(value!) }; break;
                case "--write": options = options with { Write = Path.GetFullPath(value!) }; break;
                case "--screenshots": options = options with { Screenshots = Path.GetFullPath(value!) }; break;
                case "--against" when OtherBuild.Find(value!) is { } other: options = options with { Against = other }; break;
                case "--against":
                    errors.WriteLine($"auxo: {value} has no built benchmarks; run ./auxo bench list in it once.");
                    return null;
                case var group when Catalogue.All.Any(b => b.Group == group): options = options with { Group = group }; continue;
                default:
                    errors.WriteLine($"auxo: bench does not know '{argument}'.\n{Usage}");
                    return null;
            }

            i++;
        }

        if (options.Only.FirstOrDefault(name => Catalogue.All.All(b => b.Name != name)) is { } unknown)
        {
            errors.WriteLine($"auxo: there is no benchmark '{unknown}'; 'auxo bench list' names them.");
            return null;
        }

        if (options is { Write: not null, Group: null })
        {
            errors.WriteLine("auxo: --write needs a group, since each has its own part of the page: ./auxo bench thread --write PAGE");
            return null;
        }

        return options;
    }
}
