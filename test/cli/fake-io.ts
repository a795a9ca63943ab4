import type { CliIo } from '../../src/cli/cli-io.js';
import { runCli } from '../../src/cli/run-cli.js';
import type { Verify } from '../../src/cli/run-verify.js';
import type { RowDifference } from '../../src/core/difference.js';
import type { RunEvent } from '../../src/core/event.js';
import type { RunResult } from '../../src/core/result.js';

export const URLS = [
  '--source',
  'mysql://reader:s3cret@old/shop',
  '--target',
  'postgres://reader:pa55@new/shop',
];

const NOWHERE = '/nonexistent/state';

/** A stand-in for the process, with what was written to it. */
export interface FakeIo extends CliIo {
  readonly written: { stdout: string; stderr: string };
  readonly exits: number[];
  interrupt(): void;
}

interface FakeProcess {
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly now?: () => number;
}

export function fakeIo({ env = {}, isTTY = false, columns, now = () => 0 }: FakeProcess = {}): FakeIo {
  const written = { stdout: '', stderr: '' };
  const exits: number[] = [];
  const listeners = new Set<() => void>();
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY,
    columns,
    write: (text: string) => {
      written[name] += text;
    },
  });
  return {
    written,
    exits,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    // What a run keeps would lie in the home of whoever runs the tests.
    env: { XDG_STATE_HOME: NOWHERE, ...env },
    now,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => void exits.push(code),
    interrupt: () => {
      for (const listener of [...listeners]) listener();
    },
  };
}

/** A run that ends with the given result, after the given events; `differences` are the samples of its tables. */
export function fakeVerify(result: RunResult, events: readonly RunEvent[] = []): Verify {
  return async (_config, { onEvent }) => {
    for (const event of events) await onEvent(event);
    return {
      result,
      differences: () => samplesOf(result),
      repair: null,
      resumable: null,
      differingBytes: null,
      part: null,
      servers: null,
      close: async () => {},
    };
  };
}

async function* samplesOf(result: RunResult): AsyncGenerator<{ table: string; difference: RowDifference }> {
  for (const table of result.tables) {
    for (const difference of table.sample) yield { table: table.target ?? '', difference };
  }
}

/** For command lines that must not plan. */
export const noPlan = () => Promise.reject(new Error('nothing is planned here'));

/** For command lines that must not write. */
export const noApply = () => Promise.reject(new Error('nothing is applied here'));

/** Runs `rowproof verify` against two URLs with passwords, with more flags. */
export function runVerifyCli(flags: readonly string[], verify: Verify, io: FakeIo = fakeIo()) {
  return runCli(['verify', ...URLS, ...flags], io, { verify, plan: noPlan, apply: noApply }).then(
    (exitCode) => ({
      exitCode,
      ...io.written,
    }),
  );
}
