import { applyRepair, planRun, verify } from 'rowproof';
import { runCli } from '../../dist/cli/run-cli.js';

/** What a command line left that was run in this process. */
export interface HereResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the built command line within the process of the test, which saves starting one. What a test says of the process
 * itself (signals, exit codes, variables, pipes) needs `run-cli.ts`.
 */
export async function runHere(args: readonly string[]): Promise<HereResult> {
  const said = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof said) => ({
    write: (text: string) => {
      said[name] += text;
    },
  });
  const io = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: {},
    now: () => performance.now(),
    onInterrupt: () => () => undefined,
    exit: (code: number) => {
      throw new Error(`The program would have ended with ${code}.`);
    },
  };
  const exitCode = await runCli(args, io, {
    verify,
    plan: planRun,
    apply: applyRepair,
  });
  return { exitCode, ...said };
}
