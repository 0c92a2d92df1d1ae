global using Auxo.BackgroundWork;
global using Auxo.ServiceDefaults.Faults;
global using Auxo.ServiceDefaults.Messages;
global using Auxo.ServiceDefaults.Storage;
global using Marten;
global using Wolverine;
global using Wolverine.Marten;
global using Route = Auxo.Notify.Routes.Route; // and not that of ASP.NET Core
