import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WatchState } from '../../src/core/watch.js';
import { DAMAGE } from '../live/live-run.js';
import { type ReplicationPair, waitUntil } from '../support/replication/pair.js';
import { type CliResult, startCli } from '../support/run-cli.js';

/** Where a watch keeps what it knows, and what it tells probes. */
export interface WatchPlaces {
  readonly folder: string;
  readonly journal: string;
  readonly state: string;
  /** The journals of its terms, ascending. */
  terms(): string[];
  readState(): WatchState;
  remove(): void;
}

/** A folder for one watch, or for several processes of one. */
export function openPlaces(): WatchPlaces {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-watch-'));
  const [journal, state] = [join(folder, 'journal'), join(folder, 'state.json')];
  return {
    folder,
    journal,
    state,
    terms: () => readdirSync(journal).sort(),
    readState: () => JSON.parse(readFileSync(state, 'utf8')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Undoes what `damage` did, whether it was done or not. */
export const HEALING = [
  ...DAMAGE.missing.map((id) => `REPLACE INTO hot (id, value) VALUES (${id}, 'calm ${id}')`),
  ...DAMAGE.extra.map((id) => `DELETE FROM hot WHERE id = ${id}`),
  ...DAMAGE.changed.map((id) => `UPDATE hot SET value = 'calm ${id}' WHERE id = ${id}`),
];

/** A process that watches. */
export interface RunningWatch {
  readonly pid: number;
  /** The lines on stdout so far, and all of stderr. */
  lines(): readonly string[];
  stderr(): string;
  /** Waits for a line that says something, behind the first `after` lines; returns the line. */
  line(words: string | RegExp, after?: number): Promise<string>;
  said(words: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly result: Promise<CliResult>;
}

/** Starts to watch a pair; passes follow each other at once. */
export function startWatch(
  { source, target }: Pick<ReplicationPair, 'source' | 'target'>,
  places: WatchPlaces,
  flags: readonly string[] = [],
): RunningWatch {
  const { child, result } = startCli([
    ...['watch', '--source', source, '--target', target, '--workers', '2', '--journal', places.journal],
    ...['--pass-every', '1s', '--look-every', '300ms', ...flags],
  ]);
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.on('data', (said: string) => {
      text[name] += said;
    });
  const lines = (): string[] => text.stdout.split('\n').slice(0, -1);
  // A failure is told by whoever waits for the end.
  result.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    lines,
    stderr: () => text.stderr,
    line: async (words, after = 0) => {
      const find = () =>
        lines()
          .slice(after)
          .find((line) => line.match(words) !== null);
      const isThere = async (): Promise<boolean> => find() !== undefined || child.exitCode !== null;
      const complain = (): string => `No line says ${words}:\n${text.stdout}\n${text.stderr}`;
      await waitUntil('a line says it', isThere).catch(() => {
        throw new Error(complain());
      });
      if (find() === undefined) throw new Error(complain());
      return find() ?? '';
    },
    said: (words) => waitUntil(`stderr says ${words}`, async () => text.stderr.includes(words)),
    kill: (signal) => void child.kill(signal),
    result,
  };
}
