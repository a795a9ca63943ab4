import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { guardProcess } from '../../src/cli/process-io.js';

describe('an error that nobody catches', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('ends the process with 4 and a plea to report it, because 1 would mean that rows differ', () => {
    const listeners = new Map<string | symbol, (error: unknown) => void>();
    vi.spyOn(process, 'on').mockImplementation((event, listener) => {
      listeners.set(event, listener);
      return process;
    });
    for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'on').mockReturnThis();
    const written: unknown[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(text) > 0);
    const exits: unknown[] = [];
    vi.spyOn(process, 'exit').mockImplementation(((code) => exits.push(code)) as typeof process.exit);
    guardProcess();
    listeners.get('uncaughtException')?.(new TypeError('lost mysql://ann:pa55@old/shop'));
    expect(exits).toEqual([4]);
    expect(written.join('')).toMatch(
      /^TypeError: lost mysql:\/\/ann:\*\*\*@old\/shop\n[\s\S]*This is a bug in Rowproof/,
    );
  });

  it.each([
    ['is thrown by a timer', "setTimeout(() => { throw new Error('lost'); });"],
    ['is that of a promise', "Promise.reject(new Error('lost'));"],
    ['comes of waiting for nothing', 'await new Promise(() => undefined);', 'Error: It ended before'],
  ])('and %s ends the program with 4', async (_, fault, said = 'Error: lost') => {
    const program = new URL('../../dist/bundle/cli.cjs', import.meta.url).href;
    const script = `import { main } from '${program}'; await main(['--version']); ${fault}`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [exitCode] = await once(child, 'close');
    expect(stderr).toContain(said);
    expect(stderr).toContain('This is a bug in Rowproof');
    expect(exitCode).toBe(4);
  });
});
