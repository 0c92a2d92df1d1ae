namespace Auxo.Pipeline.Surveying;

/// <summary>Looks twice a minute which default branches have moved since they were surveyed, one repository after the other.</summary>
internal sealed class SurveyWorker(SurveyRepository survey, TimeProvider time, ILogger<SurveyWorker> logger)
    : PeriodicJob(TimeSpan.FromSeconds(30), time, logger)
{
    protected override Task DoAsync(CancellationToken ct) => survey.RunAsync(ct);

    protected override void Report(Exception e)
    {
        if (DatabaseAway.Is(e)) logger.LogWarning("PostgreSQL does not answer ({Reason}); surveys wait.", e.Message);
        else base.Report(e);
    }
}
