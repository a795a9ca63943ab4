import type { CanonicalType } from '../core/canonical-type.js';
import type { Value } from '../core/difference.js';
import type { Finding } from '../core/finding.js';
import { type ColumnPair, qualifiedName, type Side, type TablePair } from '../core/pairing.js';
import { selectRows } from '../engines/select-rows.js';
import { formatCounted } from '../words/number-text.js';
import { affordableRows, readValues } from './read-values.js';
import type { RowLookup } from './row-lookup.js';
import { undoDoubleEncoding } from './text-encoding-rules.js';
import { comparableForm } from './value-form.js';

/** The first rows of a table that are looked at. */
const SAMPLE_ROWS = 300;
/** One text may look encoded twice and be meant so; this many of one column are not. */
const LEAST_VALUES = 3;
const TEXT: ReadonlySet<CanonicalType> = new Set(['text']);

/**
 * Looks for text that was encoded twice before it was migrated: it is equal on both sides, so no comparison finds it. A
 * bounded sample of both sides is read, and the finding is advice that leaves the verdict alone.
 */
export async function findLatentEncoding(pair: TablePair, lookup: RowLookup): Promise<Finding[]> {
  const columns = pair.columns.filter(({ canonical }) => TEXT.has(canonical));
  const isIndexed = pair.key.length > 0 && pair.unproven.length === 0;
  if (columns.length === 0 || !isIndexed) return [];
  const reads = (['source', 'target'] as const).map((side) => readSample(pair, side, { columns, lookup }));
  // Where one fails, the other must not be left with a session that nobody closes.
  await Promise.allSettled(reads);
  const [source = [], target = []] = await Promise.all(reads);
  return columns.flatMap((column, i) => {
    const at = pair.key.length + i;
    const values = source.flatMap(([key, row]) => {
      const value = row[at] ?? null;
      const other = target.find(([name]) => name === key)?.[1][at] ?? null;
      return typeof value === 'string' && value === other && undoDoubleEncoding(value) !== null
        ? [value]
        : [];
    });
    return values.length < LEAST_VALUES
      ? []
      : [latentFinding(pair, column, { values: values.length, rows: source.length })];
  });
}

type SampleRow = readonly [key: string, row: readonly Value[]];

async function readSample(
  pair: TablePair,
  side: Side,
  { columns, lookup }: { readonly columns: readonly ColumnPair[]; readonly lookup: RowLookup },
): Promise<SampleRow[]> {
  const all = [...pair.key, ...columns];
  const limit = affordableRows(SAMPLE_ROWS, pair.source.estimatedRowBytes ?? pair.target.estimatedRowBytes);
  const selection = { ...selectRows(pair, side, all), limit };
  const rows = await readValues(await lookup.side(side), { side, columns: all, selection });
  return rows.map((row) => [keyForm(pair, row), row]);
}

function keyForm({ key }: TablePair, row: readonly Value[]): string {
  return JSON.stringify(key.map(({ canonical }, i) => comparableForm(row[i] ?? null, canonical)));
}

function latentFinding(
  pair: TablePair,
  { target }: ColumnPair,
  { values, rows }: { readonly values: number; readonly rows: number },
): Finding {
  return {
    code: 'latent-double-encoding',
    about: { table: qualifiedName(pair.target), columns: [target.name], detail: `${values} of ${rows}` },
    message: `Column ${target.name} holds text that looks like UTF-8 encoded twice, equal on both sides: ${formatCounted(values, 'value')} in the first ${formatCounted(rows, 'row')}.`,
    hint: 'The text was damaged before it was migrated; docs/diagnoses.md says how to repair it.',
  };
}
