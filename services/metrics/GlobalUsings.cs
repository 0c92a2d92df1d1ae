global using Auxo.Contracts;
global using Auxo.EventStore;
global using Auxo.Messaging;
global using Auxo.ServiceDefaults;
global using Auxo.ServiceDefaults.Access;
