global using Auxo.EventStore;
global using Auxo.Messaging;
