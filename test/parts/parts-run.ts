import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from 'rowproof';
import type { TestDatabase } from '../support/database.js';
import { type HereResult, runHere } from '../support/run-here.js';

/** A folder in which a run is divided, read in parts and joined. */
export interface PartsFolder {
  readonly path: (name: string) => string;
  readonly read: (name: string) => string;
  /** Plans with the settings of the folder. */
  readonly plan: (parts: number, flags?: readonly string[]) => Promise<HereResult>;
  /** Reads one part into `part-K.json`, unless a flag says where. */
  readonly part: (part: number, flags?: readonly string[]) => Promise<HereResult>;
  /** Reads all parts, in any order. */
  readonly parts: (count: number) => Promise<number[]>;
  readonly merge: (files: readonly string[], flags?: readonly string[]) => Promise<Outcome>;
  /** Reads all of it in one run. */
  readonly single: (flags?: readonly string[]) => Promise<Outcome>;
  readonly remove: () => void;
}

/** A run with a result, and the files that it wrote. */
export interface Outcome extends HereResult {
  /** Null where it came to none. */
  readonly result: RunResult | null;
  readonly differences: readonly string[];
  readonly repair: string;
}

interface Sides {
  readonly source: Pick<TestDatabase, 'url'>;
  readonly target: Pick<TestDatabase, 'url'>;
}

/** Opens a folder with a config file of these settings. */
export function openPartsFolder({ source, target }: Sides, settings: string): PartsFolder {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-parts-'));
  const path = (name: string): string => join(folder, name);
  const read = (name: string): string => readFileSync(path(name), 'utf8');
  writeFileSync(path('run.yaml'), settings);
  const urls = ['--source', source.url, '--target', target.url];
  const config = ['--config', path('run.yaml')];
  const outcome = async (words: readonly string[], flags: readonly string[]): Promise<Outcome> => {
    const [rows, repair, json] = ['rows.ndjson', 'fix.sql', 'run.json'].map(path);
    for (const file of [rows, repair, json]) rmSync(file ?? '', { force: true });
    const wantsRepair = !flags.includes('--hide-values');
    const outputs = ['--differences', rows ?? '', '--report', `json=${json}`, '--quiet'];
    const own = wantsRepair ? ['--repair', repair ?? ''] : [];
    const ran = await runHere([...words, ...urls, ...outputs, ...own, ...flags]);
    const isDone = [0, 1, 3].includes(ran.exitCode);
    return {
      ...ran,
      result: isDone ? (JSON.parse(read('run.json')) as RunResult) : null,
      differences: isDone ? read('rows.ndjson').trimEnd().split('\n') : [],
      repair: isDone && wantsRepair ? read('fix.sql') : '',
    };
  };
  const part = (number: number, flags: readonly string[] = []): Promise<HereResult> => {
    const where = flags.includes('--output') ? [] : ['--output', path(`part-${number}.json`)];
    const plan = flags.includes('--plan') ? [] : ['--plan', path('plan.json')];
    const sides = flags.includes('--target') ? urls.slice(0, 2) : urls;
    return runHere(['verify', ...plan, '--part', String(number), ...where, ...sides, '--quiet', ...flags]);
  };
  return {
    path,
    read,
    part,
    plan: (parts, flags = []) =>
      runHere([
        'plan',
        ...config,
        ...urls,
        '--parts',
        String(parts),
        '--output',
        path('plan.json'),
        ...flags,
      ]),
    parts: async (count) => {
      const codes: number[] = [];
      for (let number = count; number >= 1; number--) codes.unshift((await part(number)).exitCode);
      return codes;
    },
    merge: (files, flags = []) => outcome(['merge', ...files.map(path)], flags),
    single: (flags = []) => outcome(['verify', ...config, '--no-journal'], flags),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The names of the files of all parts. */
export function partNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `part-${index + 1}.json`);
}

/** What of a result two runs over the same rows must have in common. */
export function comparable({ result }: Outcome): unknown {
  if (result === null) throw new Error('The run came to no result.');
  const { startedAt: _, elapsedMs: __, howHash: ___, command: ____, parts: _____, ...rest } = result;
  return {
    ...rest,
    tables: rest.tables.map(({ elapsedMs: _, writeMarks: __, coverage, ...table }) => ({
      ...table,
      coverage: { ...coverage, chunks: 0 },
      findings: table.findings.toSorted((one, other) => (one.message < other.message ? -1 : 1)),
    })),
  };
}

/** Repair SQL without the time at which its run began, of which it also makes names. */
export function statementsOf({ repair }: Outcome): string[] {
  const at = /"startedAt":"([^"]+)"/.exec(repair)?.[1] ?? 'no time';
  return repair.replaceAll(at, 'T').replaceAll(at.replace(/\D/g, ''), 'T').split('\n');
}

/** Which parts of the plan of a folder read something of a table. */
export function partsWith(folder: PartsFolder, table: string): number[] {
  const { shares } = JSON.parse(folder.read('plan.json'));
  return shares.parts.flatMap((tables: readonly { readonly name: string }[], index: number) =>
    tables.some(({ name }) => name.endsWith(`.${table}`)) ? [index + 1] : [],
  );
}

/** `kind table key` of each row that differs, in order. */
export function listRows({ differences }: Outcome): string[] {
  return differences.slice(1).map((line) => {
    const { kind, table, key } = JSON.parse(line);
    return `${kind} ${table.replace(/^\w+\./, 'public.')} ${Object.values(key ?? {}).join('/')}`;
  });
}
