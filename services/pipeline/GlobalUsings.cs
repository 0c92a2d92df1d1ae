global using Auxo.Contracts;
global using Auxo.Git;
global using Auxo.ServiceDefaults;
