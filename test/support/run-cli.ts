import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/rowproof.js', import.meta.url));
const BUILT_CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const TIMEOUT_MS = 240_000;

/** Settings of whoever runs the tests that would change what the program says or whom it connects as. */
const INHERITED_SETTINGS = /^(PG|MYSQL_|ROWPROOF_|VITEST|NODE_OPTIONS$|NODE_ENV$|FORCE_COLOR$|NO_COLOR$)/;

/** Where and with which variables the program runs; variables are added to a clean copy of ours. */
export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** The Node.js that runs the program; the one that runs the tests, unless another is named. */
  readonly node?: string;
  /** After this time the program is killed and the promise rejects. 50 s by default, less than a test's own limit. */
  readonly timeoutMs?: number;
}

/** What a run of the program left; a run that a signal ended has no exit code. */
export interface CliResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that is still running, for tests that interrupt it. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly result: Promise<CliResult>;
}

/** Runs the command line to its end, as a user does; the package must have been built. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).result;
}

/** Starts the command line and returns at once. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  if (!existsSync(BUILT_CLI)) throw new Error('The command line is not built: run `npm run build` first.');
  const child = spawn(options.node ?? process.execPath, [PROGRAM, ...args], {
    cwd: options.cwd,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', ignoreClosedPipe).end(options.input ?? '');
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const result = new Promise<CliResult>((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      clearTimeout(timer);
      if (isLate)
        reject(
          new Error(
            `rowproof ${args.join(' ')} ran for ${timeoutMs} ms.\n${output.stdout}\n${output.stderr}`,
          ),
        );
      else resolve({ exitCode, signal, ...output });
    });
  });
  return { child, result };
}

/** Resolves once a program that is running has said something on stderr. */
export function untilSaid({ stderr }: ChildProcess, words: string): Promise<void> {
  let text = '';
  return new Promise((resolve) => {
    stderr?.on('data', (said: string) => {
      text += said;
      if (text.includes(words)) resolve();
    });
  });
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !INHERITED_SETTINGS.test(name)));
}

/** A program that ends without reading its input closes the pipe, which is no fault of the test. */
function ignoreClosedPipe(): void {}
