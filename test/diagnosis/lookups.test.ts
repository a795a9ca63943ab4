import { describe, expect, it } from 'vitest';
import type { RowDifference } from '../../src/core/difference.js';
import type { Table } from '../../src/core/schema.js';
import { explainChanges } from '../../src/diagnosis/column-causes.js';
import { diagnoseTable } from '../../src/diagnosis/diagnose-table.js';
import { RowLookup } from '../../src/diagnosis/row-lookup.js';
import { engineFor } from '../../src/engines/registry.js';
import { pairOf } from './diagnose-values.js';

const table: Table = {
  ...{ schema: 's', name: 't', kind: 'table', columns: [], keys: [] },
  ...{
    estimatedRows: null,
    estimatedRowBytes: null,
    unreadable: null,
    only: false,
    identity: null,
    heirs: [],
    members: [],
    unread: [],
  },
};
const pair = {
  ...{ id: '0', source: table, target: table, where: { source: null, target: null } },
  ...{ strategy: 'range' as const, unproven: [], unwalkable: null },
  key: [{ ...pairOf('id', 'int'), keyKind: 'int' as const }],
  columns: [pairOf('name', 'text')],
};

const CHANGED: RowDifference = {
  ...{ kind: 'changed', key: { id: '1' }, columns: ['name'] },
  ...{ source: { name: 'Zoë' }, target: { name: 'ZoÃ«' } },
};

async function* differences(): AsyncGenerator<RowDifference[]> {
  yield [CHANGED];
  yield [
    {
      ...{ kind: 'missing', key: { id: '2' }, columns: ['id', 'name'] },
      ...{ source: { id: '2', name: 'x' }, target: null },
    },
  ];
}

describe('a diagnosis whose lookups fail', () => {
  it('says so, and still says what the rows show by themselves', async () => {
    const engine = engineFor('postgres');
    const url = new URL('postgres://nobody@127.0.0.1:1/none?connect-timeout=2');
    const environment = { variables: {}, readFile: () => null, homeFolder: '/', userName: 'nobody' };
    const side = { engine, settings: engine.resolveConnection(url, environment) };
    const lookup = new RowLookup({ source: side, target: side });
    const reasons: string[] = [];
    const diagnoses = await diagnoseTable({
      ...{ pair, strategy: 'range', isComplete: true, differences: differences(), lookup, showsKeys: true },
      ...{ explained: explainChanges(pair.columns, [CHANGED]), drawLevel: 0, isLeft: false },
      counts: { sourceRows: 2, targetRows: 1, missing: 1, extra: 0, changed: 1, inFlight: 0 },
      onFailure: (reason) => reasons.push(reason),
    });
    await lookup.close();
    expect(diagnoses.map(({ cause }) => cause)).toEqual(['double-encoded']);
    expect(reasons).toEqual([expect.stringMatching(/^cannot look up rows on the target: .*127\.0\.0\.1/)]);
  });
});
