global using Auxo.EventStore;
global using Auxo.Messaging;
global using Route = Auxo.Notify.Routes.Route; // and not that of ASP.NET Core
