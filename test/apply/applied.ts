import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApplyOptions, type ApplyResult, applyRepair, type LeftRow } from 'rowproof';
import { onTestFinished } from 'vitest';
import type { RepairSides } from '../repair/repair-round.js';
import type { TestDatabase } from '../support/database.js';
import { runHere } from '../support/run-here.js';

/** A folder that is removed when the test ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-apply-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type RepairUrls = { readonly [side in keyof RepairSides]: Pick<TestDatabase, 'url'> };

/** Writes the repair file of two databases, as a user does, and returns its path. */
export async function repairFile(sides: RepairUrls, flags: readonly string[] = []): Promise<string> {
  const path = join(makeFolder(), 'fix.sql');
  const urls = ['--source', sides.source.url, '--target', sides.target.url, '--workers', '1'];
  const { exitCode, stdout, stderr } = await runHere(['verify', ...urls, '--repair', path, ...flags]);
  if (exitCode !== 1) throw new Error(`verify ended with ${exitCode}: ${stdout}${stderr}`);
  return path;
}

/** What applying a file came to, with the rows that are not as the file wants them. */
export interface Applied {
  readonly result: ApplyResult;
  readonly left: readonly LeftRow[];
  /** The undo file's text; empty where there is none. */
  readonly undo: string;
}

/** Applies a file through the library. */
export async function apply(
  target: Pick<TestDatabase, 'url'>,
  path: string,
  options: Partial<ApplyOptions> = {},
): Promise<Applied> {
  const left: LeftRow[] = [];
  const result = await applyRepair({
    path,
    targetUrl: target.url,
    onLeft: (row) => left.push(row),
    ...options,
  });
  const undo = result.undoPath === null ? '' : readFileSync(result.undoPath, 'utf8');
  return { result, left, undo };
}

/** The address of a proxy that must see what is said. */
export function inClear(url: string): string {
  const address = new URL(url);
  const isMysql = address.protocol !== 'postgres:';
  address.searchParams.set(isMysql ? 'ssl-mode' : 'sslmode', isMysql ? 'DISABLED' : 'disable');
  if (isMysql) address.searchParams.set('get-server-public-key', 'true');
  return address.href;
}

/** Every row of the tables, as text, in the order of the first column. */
export async function dump(database: TestDatabase, tables: readonly string[]): Promise<string[][]> {
  const rows: string[][] = [];
  for (const table of tables) {
    const found = await database.query(`SELECT * FROM ${table}`);
    rows.push(found.map((row) => JSON.stringify(row)).sort());
  }
  return rows;
}

/** A copy of a repair file with other text in it. */
export function changedFile(path: string, change: (text: string) => string): string {
  const text = readFileSync(path, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error('The file was not changed');
  const copy = join(makeFolder(), 'changed.sql');
  writeFileSync(copy, changed);
  return copy;
}
