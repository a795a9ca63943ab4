import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The program that is such a process. */
export const PROGRAM = fileURLToPath(new URL('./killed-sitting.mjs', import.meta.url));

/** How a process ended that was to kill itself after so many records: null where it was killed, else its exit code. */
export function runKilledSitting(stop: number, words: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [PROGRAM, String(stop), ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      if (signal === 'SIGKILL' || (exitCode !== null && exitCode <= 1)) resolve(exitCode);
      else reject(new Error(`The sitting ended with ${exitCode ?? signal}.\n${complaint}`));
    });
  });
}
