global using Auxo.BackgroundWork;
global using Auxo.ServiceDefaults;
global using Auxo.ServiceDefaults.Faults;
global using Auxo.ServiceDefaults.Messages;
global using Auxo.ServiceDefaults.Storage;
global using Marten;
global using Wolverine;
global using Wolverine.Marten;
