import { describe, expect, it } from 'vitest';
import { runFenceCommand, withoutSecrets } from '../../src/tasks/fence-command.js';

const NEVER = new AbortController().signal;
const LONG_MS = 30_000;

function run(script: string, { stop = NEVER, limitMs = LONG_MS, environment = process.env } = {}) {
  return runFenceCommand({ words: [process.execPath, '-e', script], environment, stop, limitMs });
}

describe('the command of a fence', () => {
  it('prints the value that it wrote', async () => {
    expect(await run('console.log(" 42 ")')).toBe('42');
  });

  it.each([
    ['console.log(1); process.exit(3)', 'it ended with exit code 3'],
    ['0', 'it printed nothing'],
    ['console.log("1\\n2")', 'it printed more than one line'],
    ['for (;;) console.log("x".repeat(1000))', 'it took too long or printed too much'],
  ])('that says %j is refused', async (script, why) => {
    await expect(run(script)).rejects.toThrow(`gave no position: ${why}.`);
  });

  it('that is not there is refused', async () => {
    const wrong = { words: ['/nowhere/beat'], environment: {}, stop: NEVER, limitMs: LONG_MS };
    await expect(runFenceCommand(wrong)).rejects.toThrow('it could not be started');
  });

  it('that takes too long is ended', async () => {
    const began = performance.now();
    await expect(run('setTimeout(() => {}, 60000)', { limitMs: 200 })).rejects.toThrow('took too long');
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('is ended by a stop', async () => {
    const stop = new AbortController();
    const ended = run('setTimeout(() => {}, 60000)', { stop: stop.signal });
    setTimeout(() => stop.abort(), 100);
    expect(await ended).toBeNull();
  });

  it('that leaves something running which holds its output is waited for no longer than itself', async () => {
    const script = `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'],
      { stdio: ['ignore', 'inherit', 'ignore'] }).unref(); console.log(7)`;
    const began = performance.now();
    expect(await run(script)).toBe('7');
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  it('is not run by a shell', async () => {
    const words = [process.execPath, '-p', '"$HOME; x"'];
    expect(await runFenceCommand({ words, environment: {}, stop: NEVER, limitMs: LONG_MS })).toBe('$HOME; x');
  });
});

describe('the environment of a command', () => {
  it('holds no password of ours and nothing that is meant for clients of databases', () => {
    const environment = {
      PATH: '/bin',
      HOME: '/root',
      PGPASSWORD: 'one',
      PGHOST: 'db',
      MYSQL_PWD: 'two',
      ROWPROOF_LOG: 'info',
      DB_SECRET: 'hidden word',
      DB_URL: 'mysql://u:hidden%20word@db/shop',
      SHORT: 'abc',
      LONGER: 'abcdef',
      NONE: undefined,
    };
    expect(withoutSecrets(environment, ['hidden word', 'abc', ''])).toEqual({
      PATH: '/bin',
      HOME: '/root',
      LONGER: 'abcdef',
    });
  });
});
