import { spawn } from 'node:child_process';
import { RowproofError } from '../core/errors.js';
import { ENGINES } from '../engines/list.js';

/** A command that writes to the source and prints what it wrote. */
export interface FenceCommand {
  readonly words: readonly string[];
  /** The variables that it gets; `withoutSecrets` takes out what is not meant for it. */
  readonly environment: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
  readonly limitMs: number;
}

/** Longer than any command that commits one row may take. */
const LONGEST_MS = 30_000;
const MOST_BYTES = 4096;
/** How long what a command printed may still be under way when it has ended. */
const OUTPUT_GRACE_MS = 1000;

/**
 * Runs a command of the user's, without a shell, and returns the one line that it prints; null at a stop. Throws where it fails,
 * takes too long or prints anything else: what it prints is a position only if it means what it says.
 */
export async function runFenceCommand({
  words,
  environment,
  stop,
  limitMs,
}: FenceCommand): Promise<string | null> {
  const [program = '', ...args] = words;
  if (stop.aborted) return null;
  const timeoutMs = Math.min(LONGEST_MS, limitMs);
  const child = spawn(program, args, {
    shell: false,
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const kill = (): void => void child.kill('SIGKILL');
  stop.addEventListener('abort', kill, { once: true });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.length > MOST_BYTES) kill();
  });
  try {
    const end = await new Promise<string | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code === 0 ? null : describeEnd(code, signal)));
      // Whatever it started and left behind may hold its output open for ever.
      child.once('exit', () => setTimeout(() => child.stdout.destroy(), OUTPUT_GRACE_MS).unref());
    });
    if (stop.aborted) return null;
    if (end !== null) throw failed(program, end);
  } catch (error) {
    throw error instanceof RowproofError ? error : failed(program, 'it could not be started', error);
  } finally {
    stop.removeEventListener('abort', kill);
    child.stdout.destroy();
  }
  const lines = printed.trim().split(/\r?\n/);
  if (lines.length === 1 && lines[0] !== '') return lines[0] ?? null;
  throw failed(program, `it printed ${lines.length > 1 ? 'more than one line' : 'nothing'}`);
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `it ended with exit code ${code}` : 'it took too long or printed too much';
}

function failed(program: string, what: string, cause?: unknown): RowproofError {
  return new RowproofError({
    code: 'read',
    message: `The command of --fence-command (${program}) gave no position: ${what}.`,
    hint: `It must write a greater value to the column of --fence-table, print that value alone, and end with 0 within ${LONGEST_MS / 1000} s.`,
    cause,
  });
}

/** How the names of variables begin that are ours, or that clients of databases take passwords from. */
const FOR_DATABASES = ['ROWPROOF_', ...ENGINES.flatMap(({ clientVariables }) => clientVariables)];
/** A shorter password would be found in words that have nothing to do with it. */
const LEAST_PASSWORD = 4;

/** The environment without what holds a password of ours, and without what clients of databases take theirs from. */
export function withoutSecrets(
  environment: NodeJS.ProcessEnv,
  passwords: readonly string[],
): NodeJS.ProcessEnv {
  const isSecret = (value: string): boolean =>
    passwords.some(
      (password) =>
        value === password ||
        (password.length >= LEAST_PASSWORD &&
          (value.includes(password) || value.includes(encodeURIComponent(password)))),
    );
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) =>
        value !== undefined && !FOR_DATABASES.some((start) => name.startsWith(start)) && !isSecret(value),
    ),
  );
}
