import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RawFlags } from '../../src/config/raw-flags.js';
import { compare } from '../app/compare.js';
import type { TestDatabase } from '../support/database.js';
import { type HereResult, runHere } from '../support/run-here.js';

/** Two databases of a repair test. */
export interface RepairSides {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
}

/** What `verify --repair` wrote. */
export interface WrittenRepair {
  readonly result: HereResult;
  /** Where the two files are, and what the client prints as it applies the repair. */
  readonly paths: { readonly repair: string; readonly undo: string; readonly told: string };
  readonly repair: string;
  readonly undo: string;
  /** Applies one of the two files to the target with the engine's own client; rejects with what the client says. */
  readonly apply: (file: 'repair' | 'undo') => Promise<void>;
  /** The same with the account of another URL. */
  readonly applyTo: (target: TestDatabase, file: 'repair' | 'undo') => Promise<void>;
  readonly remove: () => void;
}

/** Runs `verify --repair` as a user does. */
export async function writeRepair(
  { source, target }: RepairSides,
  flags: readonly string[] = [],
): Promise<WrittenRepair> {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-repair-'));
  const path = join(folder, 'fix.sql');
  const paths = { repair: path, undo: join(folder, 'fix.undo.sql'), told: join(folder, 'fix.applied.sql') };
  const apply = (to: TestDatabase, file: 'repair' | 'undo') =>
    applySql(to, paths[file], file === 'repair' ? { printsTo: paths.told } : { told: paths.told });
  const urls = ['--source', source.url, '--target', target.url, '--workers', '2'];
  const result = await runHere(['verify', ...urls, '--repair', path, ...flags]);
  if (result.exitCode > 3 || result.exitCode === 2) throw new Error(result.stderr + result.stdout);
  return {
    result,
    paths,
    repair: readFileSync(path, 'utf8'),
    undo: readFileSync(paths.undo, 'utf8'),
    apply: (file) => apply(target, file),
    applyTo: apply,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The whole promise: the repair makes the target equal, and the undo brings every difference back as it was. */
export async function expectRoundTrip(
  sides: RepairSides,
  { flags = [], rawFlags = {} }: { readonly flags?: readonly string[]; readonly rawFlags?: RawFlags } = {},
): Promise<WrittenRepair> {
  const before = await compare({ ...sides, flags: rawFlags });
  expect(before.differences).not.toEqual([]);
  const written = await writeRepair(sides, flags);
  try {
    await written.apply('repair');
    const repaired = await compare({ ...sides, flags: rawFlags });
    expect(repaired.differences).toEqual([]);
    expect(repaired.result.verdict).toBe('verified');
    await written.apply('undo');
    const undone = await compare({ ...sides, flags: rawFlags });
    expect(undone.differences).toEqual(before.differences);
  } finally {
    written.remove();
  }
  return written;
}

/** How somebody's own client differs from the one that the header names. */
export interface ClientHabits {
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Reads the start-up file of the client, which the header's command does not. */
  readonly readsStartUpFile?: boolean;
  /** The file to which what the client prints is added. */
  readonly printsTo?: string;
  /** What the repair printed, which is run before the file. */
  readonly told?: string;
}

/** Applies a file to a database with the own client of its engine; rejects with what the client says. */
export function applySql(target: TestDatabase, path: string, habits: ClientHabits = {}): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(target.url);
  const { environment = {}, readsStartUpFile = false, printsTo = null } = habits;
  const own = habits.arguments ?? [];
  const told = habits.told === undefined || !existsSync(habits.told) ? [] : [habits.told];
  const paths = [...told, path];
  if (target.engine === 'postgresql') {
    const start = readsStartUpFile ? [] : ['--no-psqlrc'];
    const files = paths.map((each) => `--file=${each}`);
    const prints = ['--quiet', '--no-align', '--tuples-only'];
    const args = [...start, ...prints, ...own, `--dbname=${target.url}`, ...files];
    return runClient('psql', { args, input: null, environment, printsTo });
  }
  const account = [`--user=${username}`, `--password=${password}`, `--host=${hostname}`, `--port=${port}`];
  const args = [
    '--no-defaults',
    '--binary-mode',
    '--skip-column-names',
    '--unbuffered',
    '--max-allowed-packet=1G',
    '--protocol=tcp',
    ...own,
    ...account,
    pathname.slice(1),
  ];
  const input = Buffer.concat(paths.map((each) => readFileSync(each)));
  return runClient('mariadb', { args, input, environment, printsTo });
}

interface ClientRun {
  readonly args: readonly string[];
  readonly input: Buffer | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly printsTo: string | null;
}

function runClient(program: string, { args, input, environment, printsTo }: ClientRun): Promise<void> {
  const env = { ...process.env, ...environment };
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stdout.on('data', (text: Buffer) => {
    if (printsTo !== null) appendFileSync(printsTo, text);
  });
  // A client that has stopped at an error does not take the rest.
  child.stdin.on('error', () => undefined).end(input ?? undefined);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${said}`)),
    );
  });
}
