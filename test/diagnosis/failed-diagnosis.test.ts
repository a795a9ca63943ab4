import { describe, expect, it } from 'vitest';
import { DiagnosisRun } from '../../src/app/diagnose-run.js';
import { RowTeller } from '../../src/app/disclose-rows.js';
import type { TablePair } from '../../src/core/pairing.js';
import type { Table } from '../../src/core/schema.js';
import { TableState } from '../../src/state/table-state.js';
import { pairOf } from './diagnose-values.js';

type Run = ConstructorParameters<typeof DiagnosisRun>[0];

describe('a diagnosis that fails', () => {
  it('is a note of its table, and does not cost the run its report', async () => {
    const word = pairOf('word', 'text');
    const table = { schema: 's', name: 't', columns: [word.target], keys: [] } as unknown as Table;
    const pair: TablePair = {
      ...{ id: '0', strategy: 'bucket', unproven: [], unwalkable: 'it has no key', key: [], columns: [word] },
      ...{ source: table, target: table, where: { source: null, target: null } },
    };
    const planned = { id: '0', source: table, target: table, pair, columns: [], findings: [] };
    const progress = new TableState(planned, { mode: 'full', ratio: 1 });
    const counts = { missing: 1, extra: 0, changed: 1, inFlight: 0 };
    progress.record({
      kind: 'compared',
      part: 0,
      keys: null,
      range: null,
      hasher: 'client',
      rows: { sourceRows: 2, targetRows: 1, counts, changedColumns: {}, undecidedColumns: {} },
      unfound: { source: [], target: [], beyond: 0 },
      stored: null,
    });
    const differences = async function* () {
      yield Promise.reject(new Error('a rule met a value that it was not made for'));
    };
    const run = {
      teller: new RowTeller({ showValues: true, showColumns: [], hashKey: null }),
      sides: {},
      spool: { readBatches: differences },
      signal: new AbortController().signal,
    } as unknown as Run;
    expect(await new DiagnosisRun(run).diagnose(progress)).toEqual([]);
    const { verdict, findings } = progress.toResult([]);
    expect(verdict).toBe('different');
    expect(findings).toMatchObject([
      {
        code: 'diagnosis-incomplete',
        message: 'The diagnosis of s.t is incomplete: a rule met a value that it was not made for.',
      },
    ]);
  });
});
