import type { CauseCode, Diagnosis } from '../../src/core/diagnosis.js';
import type { RowDifference } from '../../src/core/difference.js';
import type { RunResult } from '../../src/core/result.js';
import { sampleResult, sampleTable } from './sample-result.js';

const CAUSES: readonly CauseCode[] = [
  'letter-case',
  'truncated',
  'time-shift',
  'double-rounding',
  'line-ends',
];

/** A row of a table in which every fifth row has a cause of its own. */
function damagedRow(id: number, length: number): RowDifference {
  const column = `c${id % CAUSES.length}`;
  const text = `value ${id} ${'x'.repeat(length)}`;
  return {
    kind: 'changed',
    key: { id: String(id) },
    columns: [column],
    source: { [column]: text },
    target: { [column]: `${text.toUpperCase()} ${'y'.repeat(length)}` },
  };
}

interface Damage {
  readonly rows: number;
  /** Characters of each value. */
  readonly length: number;
}

/** A run in which many rows of one table differ, and all of its rows. Examples of a cause may lie anywhere. */
export function damagedRun({ rows, length }: Damage) {
  const diagnoses = CAUSES.map((cause, at): Diagnosis => {
    const { key, source, target } = damagedRow(rows - CAUSES.length * 3 + at, length);
    const column = `c${(rows - CAUSES.length * 3 + at) % CAUSES.length}`;
    const example = { key, column, source: source?.[column] ?? null, target: target?.[column] ?? null };
    return {
      cause,
      confidence: 'proved',
      columns: [column],
      rows: rows / CAUSES.length,
      evidence: { detail: '', of: rows / CAUSES.length, examples: [example] },
    };
  });
  const table = sampleTable({
    source: 'shop.readings',
    target: 'public.readings',
    verdict: 'different',
    sourceRows: rows,
    targetRows: rows,
    changed: rows,
    changedColumns: Object.fromEntries(CAUSES.map((_, at) => [`c${at}`, rows / CAUSES.length])),
    diagnoses,
    sample: Array.from({ length: 10 }, (_, at) => damagedRow(at, length)),
  });
  const result: RunResult = sampleResult([table, sampleTable()]);
  async function* differences() {
    for (let id = 0; id < rows; id++) yield { table: 'public.readings', difference: damagedRow(id, length) };
  }
  return { result, differences: differences() };
}
