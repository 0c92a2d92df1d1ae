return await Auxo.Cli.AuxoCommandLine.RunAsync(args, Auxo.Cli.CliHost.Real());
