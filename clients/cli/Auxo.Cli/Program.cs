using Auxo.Git;
using Auxo.Radicle;

GitCommand.Person = new GitPerson(
    Environment.GetEnvironmentVariable("HOME"), Environment.GetEnvironmentVariable("XDG_CONFIG_HOME"),
    RadicleHome.Find(Environment.GetEnvironmentVariable) is RadicleHomeSearch.Found { Home.Path: var home }
        ? Path.Combine(home, "storage") : null);
return await Auxo.Cli.AuxoCommandLine.RunAsync(args, Auxo.Cli.CliHost.Real());
