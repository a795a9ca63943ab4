import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunResult, TableResult } from 'rowproof';
import { expect } from 'vitest';
import { type ReplicationPair, waitUntil } from '../support/replication/pair.js';
import { startWriters } from '../support/replication/writers.js';
import { runCli } from '../support/run-cli.js';

/** Rows of the table that nobody writes to, and where their keys begin: behind those of all writers. */
const CALM_ROWS = 10_000;
const CALM_FROM = 8_000_000;
/** Several hundred transactions a second, which a replica can follow on any machine. */
const WRITERS = { sessions: 4, rows: 60, restMs: 8 };

/** What is wrong on the target all the while, on rows that nobody writes to; keys by kind. */
export const DAMAGE = {
  missing: [8_004_000, 8_004_001],
  extra: [9_000_000],
  changed: [8_005_000, 8_005_001, 8_009_000],
} as const;

const DAMAGING = [
  `DELETE FROM hot WHERE id IN (${DAMAGE.missing.map(quote).join(', ')})`,
  `INSERT INTO hot (id, value) VALUES (${DAMAGE.extra[0]}, 'extra')`,
  `UPDATE hot SET value = 'damaged' WHERE id IN (${DAMAGE.changed.map(quote).join(', ')})`,
];

/** A key may be text: compared with a number it would be read of every row. */
function quote(key: number): string {
  return `'${key}'`;
}

let added = 0;

/** Adds the rows that nobody writes to, and waits until the target has them. */
export async function addCalmRows({ onSource, onTarget }: ReplicationPair): Promise<void> {
  const step = 2000;
  for (let from = 0; from < CALM_ROWS; from += step) {
    const rows = Array.from({ length: step }, (_, at) => CALM_FROM + from + at);
    await onSource.run(
      `INSERT INTO hot (id, value) VALUES ${rows.map((id) => `(${id}, 'calm ${id}')`).join(', ')}`,
    );
  }
  // The last row that was written tells that all before it, and the table itself, are there.
  const last = CALM_FROM + CALM_ROWS + added++;
  await onSource.run(`INSERT INTO hot (id, value) VALUES (${last}, 'last')`);
  await waitUntil('the target has the rows', async () => {
    const found = await onTarget.query(`SELECT id FROM hot WHERE id = ${quote(last)}`).catch(() => []);
    return found.length === 1;
  });
}

/** Damages rows of the target. */
export async function damage({ onTarget }: ReplicationPair): Promise<void> {
  for (const statement of DAMAGING) await onTarget.run(statement);
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

interface LiveFlags {
  readonly mode?: string;
  readonly flags?: readonly string[];
  readonly keepsJournal?: boolean;
}

/** Runs the program while the source is written to. */
export async function verifyBesideWriters(
  pair: ReplicationPair,
  { mode = 'full', flags = [], keepsJournal = false }: LiveFlags = {},
): Promise<LiveRun> {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-live-'));
  // What writers left before; a key may be text, which has another order.
  await pair.onSource.run(`DELETE FROM hot WHERE id + 0 < ${CALM_FROM}`);
  const writers = await startWriters(pair.source, WRITERS);
  try {
    // The first transactions must be on their way, or nothing is behind.
    await delay(300);
    const [json, differences] = [join(folder, 'run.json'), join(folder, 'rows.ndjson')];
    const ran = await runCli([
      ...['verify', '--source', pair.source, '--target', pair.target, '--tables', 'hot', '--workers', '2'],
      ...(keepsJournal ? [] : ['--no-journal']),
      ...['--mode', mode, '--report', `json=${json}`, ...flags],
      ...(mode === 'count' ? [] : ['--differences', differences]),
    ]);
    await writers.stop();
    const written = writers.transactions();
    const result: RunResult = JSON.parse(readFileSync(json, 'utf8'));
    if (result.tables === undefined) throw new Error(ran.stderr);
    const [table] = result.tables;
    if (table === undefined) throw new Error(`No table was compared: ${ran.stderr}`);
    const confirmed = mode === 'count' ? {} : readConfirmed(differences);
    return { ...ran, result, table, confirmed, written };
  } finally {
    await writers.stop().catch(() => undefined);
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
