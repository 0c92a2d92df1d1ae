global using Auxo.Api;
global using Auxo.ServiceDefaults;
