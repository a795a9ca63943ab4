import { expect, it } from 'vitest';
import type { TriedCanary } from '../../src/core/canary.js';
import { serializeError } from '../../src/core/errors.js';
import type { Table } from '../../src/core/schema.js';
import type { TableRun } from '../../src/run/table-run.js';
import { tryCanaries } from '../../src/run/try-canaries.js';
import { WorkerSlots } from '../../src/run/worker-slots.js';
import { TableState } from '../../src/state/table-state.js';

const table = { schema: 's', name: 't', columns: [], keys: [] } as unknown as Table;
const pair = {
  id: '0',
  strategy: 'range',
  key: [{ target: { name: 'id' } }],
  source: table,
  target: table,
} as never;

/** A run whose worker says what it is told to say of every canary. */
function openRun(answer: TriedCanary | { readonly kind: 'unverified' }) {
  const state = new TableState(
    { id: '0', source: table, target: table, pair, columns: [], findings: [] },
    { mode: 'full', ratio: 1 },
  );
  const error = serializeError(new Error('no'));
  const run = {
    tables: [state],
    checksums: { place: 'server', obstacles: new Map(), seed: 1n },
    signal: new AbortController().signal,
    spool: {
      openFolder: async () => '',
      closeFolder: async () => undefined,
      rollback: async () => undefined,
    },
    servers: { untilUp: async () => null, tellSilence: () => undefined },
    slots: new WorkerSlots({ workers: 1, setScarce: () => undefined, now: () => 0 }),
    pool: { run: async () => ({ error, transient: false, ...answer }) },
  } as unknown as TableRun;
  return { run, state };
}

it.each([
  ['was not found', { kind: 'tried', outcome: 'lost', column: 'word' }, 'lost'],
  ['could not be tried', { kind: 'unverified' }, 'failed'],
] as const)('a canary that %s makes its table unverified, by each way', async (words, answer, outcome) => {
  const { run, state } = openRun(answer);
  const tried = (await tryCanaries(run)).get('0') ?? [];
  expect(tried.map((each) => [each.way, each.outcome])).toEqual([
    ['range', outcome],
    ['checksum', outcome],
  ]);
  const { verdict, findings } = state.toResult([]);
  expect(verdict).toBe('unverified');
  expect(findings.map(({ code }) => code)).toEqual(['canary-lost', 'canary-lost']);
  expect(findings[0]?.message).toContain(words);
});

it('a canary that was found says nothing of its table', async () => {
  const { run, state } = openRun({ kind: 'tried', outcome: 'found', column: 'word' });
  await tryCanaries(run);
  expect(state.toResult([]).findings).toEqual([]);
});
