[assembly: AssemblyFixture(typeof(Auxo.Testing.PostgresFixture))]

// A test of this suite may stop the server that all of them share.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
