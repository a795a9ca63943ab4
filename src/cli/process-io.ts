import { EXIT_CODES } from '../core/verdict.js';
import type { CliIo } from './cli-io.js';
import { describeFailure } from './failure.js';

/**
 * How Node.js ends a program whose first module still waits.
 *
 * @see https://nodejs.org/api/process.html#exit-codes
 */
const UNSETTLED = 13;

/** Somebody who stops a run, whatever stops a process in order, a terminal that was closed, and `Ctrl-\`. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** The real process behind the command line. */
export function openProcessIo(): CliIo {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    now: () => performance.now(),
    onInterrupt: (listener) => {
      for (const signal of STOP_SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, listener);
      };
    },
    exit: (code) => process.exit(code),
    ...(process.stdin.isTTY && process.stderr.isTTY ? { confirm: askOnTerminal } : {}),
  };
}

/** What a standard stream of the process is written through, so that all that goes there comes in order; null for another open file. */
export function findStandardStream(descriptor: number): NodeJS.WritableStream | null {
  return [null, process.stdout, process.stderr][descriptor] ?? null;
}

/** Only `y` or `yes` is a yes; the end of the input is a no. */
async function askOnTerminal(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve) => {
      terminal.once('close', () => resolve(''));
      terminal.once('SIGINT', () => resolve(''));
      terminal.question(question, resolve);
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

/**
 * Keeps the exit code meaningful where nobody catches: Node would end with 1, which means "differences found". A reader
 * that closes its end of the pipe early (`| head`) is no error.
 */
export function guardProcess(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      if (stream === process.stdout)
        process.stderr.write(`rowproof: Cannot write to stdout: ${error.message}\n`);
      process.exit(EXIT_CODES.failed);
    });
  }
  // What waits for something that nothing is at work for would end without a word.
  process.on('exit', () => {
    if (process.exitCode !== UNSETTLED) return;
    process.exitCode = EXIT_CODES.failed;
    const text = 'It ended before its work was done, because nothing was left that it could wait for.';
    process.stderr.write(describeFailure(new Error(text), process.argv).text);
  });
  process.on('uncaughtException', (error) => {
    process.stderr.write(describeFailure(error, process.argv).text);
    process.exit(EXIT_CODES.failed);
  });
}
