import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunResult, TableResult } from 'rowproof';
import { expect } from 'vitest';
import { type ReplicationPair, waitUntil } from '../support/replication/pair.js';
import { runCli } from '../support/run-cli.js';
import { HOT_ROWS, startWriters } from './writers.js';

/** Rows of the table that nobody writes to. */
export const ROWS = 12_000;

/** What is wrong on the target all the while, on rows that nobody writes to; keys by kind. */
export const DAMAGE = {
  missing: [4000, 4001],
  extra: [200_000],
  changed: [5000, 5001, 9000],
} as const;

export const DAMAGING = [
  `DELETE FROM orders WHERE id IN (${DAMAGE.missing.join(', ')})`,
  `INSERT INTO orders (id, amount, note) VALUES (${DAMAGE.extra[0]}, 1, 'extra')`,
  `UPDATE orders SET note = 'damaged' WHERE id IN (${DAMAGE.changed.join(', ')})`,
];

/** A table of orders; the key is a matter of the test. */
export const createOrders = (key: string): string =>
  `CREATE TABLE orders (id int NOT NULL${key === '' ? '' : ` ${key}`}, amount int, note varchar(40))`;

/** Fills it in statements of so many rows. */
export async function fillOrders({ onSource }: Pick<ReplicationPair, 'onSource'>): Promise<void> {
  const step = 2000;
  for (let from = 1; from <= ROWS; from += step) {
    const rows = Array.from({ length: step }, (_, at) => `(${from + at}, ${at % 97}, 'note ${from + at}')`);
    await onSource.run(`INSERT INTO orders (id, amount, note) VALUES ${rows.join(', ')}`);
  }
}

/** Waits until the target has as many rows. */
export async function waitForRows(
  { onTarget }: Pick<ReplicationPair, 'onTarget'>,
  rows = ROWS,
): Promise<void> {
  await waitUntil(`the target has ${rows} rows`, async () => {
    const found = await onTarget.query('SELECT count(*) FROM orders').catch(() => []);
    return Number(found[0]?.[0]) >= rows;
  });
}

/** What a run beside writers came to. */
export interface LiveRun {
  readonly exitCode: number | null;
  readonly result: RunResult;
  readonly table: TableResult;
  /** The keys of the rows that were confirmed, by kind. */
  readonly confirmed: Readonly<Record<string, readonly number[]>>;
  readonly written: number;
  readonly stderr: string;
}

/** Runs the program while the source is written to. */
export async function verifyBesideWriters(
  pair: ReplicationPair,
  { mode = 'full', flags = [] }: { readonly mode?: string; readonly flags?: readonly string[] } = {},
): Promise<LiveRun> {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-live-'));
  const writers = await startWriters(pair.source);
  try {
    // The first transactions must be on their way, or nothing is behind.
    await delay(300);
    const [json, differences] = [join(folder, 'run.json'), join(folder, 'rows.ndjson')];
    const ran = await runCli([
      ...['verify', '--source', pair.source, '--target', pair.target, '--workers', '2', '--no-journal'],
      ...['--mode', mode, '--report', `json=${json}`, ...flags],
      ...(mode === 'count' ? [] : ['--differences', differences]),
    ]);
    const written = await writers.stop();
    const result: RunResult = JSON.parse(readFileSync(json, 'utf8'));
    const [table] = result.tables;
    if (table === undefined) throw new Error(`No table was compared: ${ran.stderr}`);
    const confirmed = mode === 'count' ? {} : readConfirmed(differences);
    return { ...ran, result, table, confirmed, written };
  } finally {
    await writers.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readConfirmed(path: string): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const line of readFileSync(path, 'utf8').trim().split('\n').slice(1)) {
    const { kind, key, source, target } = JSON.parse(line);
    const id = Number((key ?? source ?? target).id);
    found[kind] = [...(found[kind] ?? []), id];
  }
  return found;
}

/** Expects that exactly the damage was found, and of what moved nothing else but that it may be unsettled. */
export function expectDamage({ confirmed, table, exitCode }: LiveRun): void {
  expect(confirmed).toEqual(DAMAGE);
  expect(table).toMatchObject({ verdict: 'different', missing: 2, extra: 1, changed: 3 });
  expect(table.unsettled ?? 0).toBeLessThanOrEqual(HOT_ROWS);
  expect(exitCode).toBe(1);
}

/** Expects that nothing was confirmed: equal, or unsettled where rows moved to the end. */
export function expectHealthy({ confirmed, table, exitCode }: LiveRun): void {
  expect(confirmed).toEqual({});
  expect(table).toMatchObject({ missing: 0, extra: 0, changed: 0 });
  const isSettled = table.unsettled === undefined;
  // Whatever else is found of a healthy table is a false alarm.
  expect(table.findings.filter(({ code }) => code !== 'unsettled')).toEqual([]);
  expect(table.verdict).toBe(isSettled ? 'verified' : 'unverified');
  expect(exitCode).toBe(isSettled ? 0 : 3);
}
