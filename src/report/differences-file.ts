import type { RowDifference, RowHashes } from '../core/difference.js';
import { DIFFERENCES_FORMAT, type RunResult } from '../core/result.js';
import { guardJson } from '../words/visible-text.js';

interface DifferencesFile {
  readonly result: Pick<RunResult, 'source' | 'target'>;
  readonly differences: AsyncIterable<{ readonly table: string; readonly difference: RowDifference }>;
  readonly showValues: boolean;
  /** Makes hashes that stand for values that are hidden; absent where there is no secret. */
  readonly hashRow?: (table: string, row: RowDifference) => RowHashes;
}

/**
 * Every difference as one JSON object a line after a header line, format `rowproof/differences@1`. Lines come one by
 * one, so that memory does not grow with the number of differences.
 */
export async function* formatDifferences({
  result,
  differences,
  showValues,
  hashRow,
}: DifferencesFile): AsyncGenerator<string> {
  const { source, target } = result;
  yield lineFor({ format: DIFFERENCES_FORMAT, source: source.url, target: target.url });
  for await (const { table, difference } of differences) {
    const hashes = showValues ? undefined : hashRow?.(table, difference);
    yield lineFor({ ...lineOf(table, difference, showValues), ...(hashes && { hashes }) });
  }
}

function lineFor(value: object): string {
  return `${guardJson(JSON.stringify(value))}\n`;
}

/** The side without the row is left out, not null: null is a value. */
function lineOf(
  table: string,
  { kind, key, columns, source, target, sourceCopies, targetCopies, waived, new: isNew }: RowDifference,
  showValues: boolean,
): object {
  return {
    table,
    kind,
    key,
    columns,
    ...(showValues && source !== null ? { source } : {}),
    ...(showValues && target !== null ? { target } : {}),
    ...(sourceCopies === undefined ? {} : { sourceCopies }),
    ...(targetCopies === undefined ? {} : { targetCopies }),
    ...(isNew === undefined ? {} : { new: isNew }),
    ...(waived === undefined ? {} : { waived }),
  };
}
