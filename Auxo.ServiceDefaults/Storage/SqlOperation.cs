using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;

using Npgsql;

using Weasel.Core;
using Weasel.Storage;

using ICommandBuilder = Weasel.Postgresql.ICommandBuilder;
using IStorageOperation = Marten.Internal.Operations.IStorageOperation;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>
/// One statement of Npgsql's in Marten's unit of work. Marten's own <c>QueueSqlCommand</c> takes text and values, without the
/// types of parameters.
/// </summary>
internal partial class SqlOperation(NpgsqlBatchCommand command) : IStorageOperation
{
    /// <summary>
    /// Marten gives every operation one result of the batch, but for those that say by their type that they have none: who says it
    /// wrongly takes, or leaves, what is another's.
    /// </summary>
    public static SqlOperation Of(NpgsqlBatchCommand command)
        => ReturnsRows(command.CommandText) ? new SqlOperation(command) : new WithoutRows(command);

    /// <summary>Whether a statement, with the queries before it (<c>with … as (…)</c>), is a query or ends with <c>returning</c>.</summary>
    internal static bool ReturnsRows(string sql)
    {
        var (depth, isQuery) = (0, (bool?)null);
        foreach (var word in Words().EnumerateMatches(sql))
        {
            switch (sql.AsSpan(word.Index, word.Length))
            {
                case "(":
                    depth++;
                    break;
                case ")":
                    depth--;
                    break;
                case "insert" or "update" or "delete" or "merge" when depth == 0:
                    isQuery ??= false;
                    break;
                case "select" or "values" when depth == 0:
                    isQuery ??= true;
                    break;
                case "returning" when depth == 0:
                    return true;
            }
        }

        return isQuery is true;
    }

    public Type DocumentType => typeof(SqlOperation);

    public void ConfigureCommand(ICommandBuilder builder, IStorageSession session)
    {
        var end = 0;
        foreach (var mark in Positions().EnumerateMatches(command.CommandText))
        {
            builder.Append(command.CommandText[end..mark.Index]);
            end = mark.Index + mark.Length;
            var number = int.Parse(command.CommandText.AsSpan(mark.Index + 1, mark.Length - 1), CultureInfo.InvariantCulture);
            var given = command.Parameters[number - 1];
            var parameter = builder.AppendParameter(given.Value ?? DBNull.Value);
            if (given.NpgsqlDbType != NpgsqlTypes.NpgsqlDbType.Unknown || given.DataTypeName is null) Copy(given, parameter);
        }

        builder.Append(command.CommandText[end..]);
    }

    public Task PostprocessAsync(DbDataReader reader, IList<Exception> exceptions, CancellationToken token) => Task.CompletedTask;

    public OperationRole Role() => OperationRole.Other;

    private static void Copy(NpgsqlParameter from, NpgsqlParameter to)
    {
        if (from.DataTypeName is { } name) to.DataTypeName = name;
    }

    [GeneratedRegex(@"\$\d+", RegexOptions.NonBacktracking)]
    private static partial Regex Positions();

    /// <summary>Words in lower case, as all SQL here is written; text in quotes and comments is passed over whole.</summary>
    [GeneratedRegex(
        @"'[^']*'|--[^\n]*|[()]|\b(insert|update|delete|merge|select|values|returning)\b",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Words();

    private sealed class WithoutRows(NpgsqlBatchCommand command) : SqlOperation(command), NoDataReturnedCall;
}
