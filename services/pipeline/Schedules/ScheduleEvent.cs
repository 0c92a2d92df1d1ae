namespace Auxo.Pipeline.Schedules;

/// <summary>What people do with a schedule. Stored in stream <c>schedule/{rid}/{name}</c>; new commits change nothing of it.</summary>
public abstract record ScheduleEvent
{
    private ScheduleEvent()
    {
    }

    /// <summary>Somebody switched it on again: slots count from then on.</summary>
    /// <param name="By">Who.</param>
    /// <param name="At">When.</param>
    public sealed record Enabled(string By, DateTimeOffset At) : ScheduleEvent;

    /// <summary>Somebody switched it off: no slot is built or missed.</summary>
    /// <param name="By">Who.</param>
    /// <param name="At">When.</param>
    public sealed record Disabled(string By, DateTimeOffset At) : ScheduleEvent;
}
