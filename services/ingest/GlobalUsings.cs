global using Auxo.Messaging;
