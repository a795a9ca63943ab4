import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { type ErrorCode, RowproofError } from '../../src/core/errors.js';
import { mixedResult, sampleResult, sampleTable } from '../report/sample-result.js';
import { fakeIo, fakeVerify, noApply, runVerifyCli, URLS } from './fake-io.js';

describe('the exit code', () => {
  it.each([
    ['verified', 0],
    ['different', 1],
    ['unverified', 3],
    ['sampled', 0],
    ['counted', 0],
  ] as const)('of a run that is %s is %i', async (verdict, code) => {
    const result = sampleResult([sampleTable({ verdict })], { verdict });
    expect((await runVerifyCli([], fakeVerify(result))).exitCode).toBe(code);
  });

  it('is 1 and the summary names both when rows differ and something is unverified', async () => {
    const { exitCode, stdout } = await runVerifyCli([], fakeVerify(mixedResult()));
    expect(exitCode).toBe(1);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^DIFFERENT: .*unverified: public\.orders/);
  });

  it('is 130 for a run that was interrupted, whatever it found', async () => {
    const result = sampleResult([sampleTable({ verdict: 'different', changed: 1 })], { interrupted: true });
    expect((await runVerifyCli([], fakeVerify(result))).exitCode).toBe(130);
  });

  it.each<[ErrorCode, number]>([
    ['usage', 2],
    ['nothing-to-compare', 2],
    ['interrupted', 130],
    ['connect', 4],
    ['permission', 4],
    ['catalog', 4],
    ['read', 4],
    ['session-state', 4],
    ['wire-format', 4],
    ['key-order', 4],
    ['timeout', 4],
    ['connection-lost', 4],
    ['output', 4],
    ['internal', 4],
  ])('of the error %s is %i, told in a sentence and a hint without a stack', async (code, exitCode) => {
    const outcome = await runVerifyCli([], async () => {
      throw new RowproofError({
        code,
        message: 'Cannot read shop.orders on the target.',
        hint: 'Grant SELECT.',
      });
    });
    expect(outcome).toEqual({
      exitCode,
      stdout: '',
      stderr: 'rowproof: Cannot read shop.orders on the target.\n  Grant SELECT.\n',
    });
  });

  it('of a plan that is interrupted is 130, at once', async () => {
    const io = fakeIo();
    const plan = async () => {
      io.interrupt();
      throw new RowproofError({ code: 'interrupted', message: 'The plan was interrupted.' });
    };
    await runCli(['plan', ...URLS], io, { verify: fakeVerify(mixedResult()), plan, apply: noApply });
    expect(io.exits).toEqual([130]);
    io.interrupt();
    expect(io.exits).toEqual([130]);
  });

  it('of a fault of our own is 4, with its stack and a plea to report it', async () => {
    const { exitCode, stderr } = await runVerifyCli([], async () => {
      throw new TypeError('x is undefined');
    });
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^TypeError: x is undefined\n +at .*\n[\s\S]*This is a bug in Rowproof/);
  });

  it('is told without any password, also one that the command line did not hold', async () => {
    const { stderr } = await runVerifyCli([], async () => {
      throw new Error('getaddrinfo mysql://root:fr0m-env@old/shop postgres://u@h/d?sslpassword=fr0m-env');
    });
    expect(stderr).toContain('mysql://root:***@old/shop');
    expect(stderr).not.toContain('fr0m-env');
  });

  it.each(['text', null, undefined, 7])('of a thrown %j is 4', async (thrown) => {
    const outcome = await runVerifyCli([], async () => {
      throw thrown;
    });
    expect(outcome.exitCode).toBe(4);
  });

  it('of a run whose outcome cannot be closed is 4', async () => {
    const verify = fakeVerify(sampleResult([sampleTable()]));
    const outcome = await runVerifyCli([], async (config, hooks) => ({
      ...(await verify(config, hooks)),
      close: async () => {
        throw new Error('spool');
      },
    }));
    expect(outcome.exitCode).toBe(4);
  });
});

describe('an interrupt', () => {
  it('aborts the run, which then reports what it has', async () => {
    const io = fakeIo();
    const result = sampleResult([sampleTable({ verdict: 'unverified' })], { interrupted: true });
    const { exitCode, stdout, stderr } = await runVerifyCli(
      [],
      async (config, hooks) => {
        io.interrupt();
        expect(hooks.signal.aborted).toBe(true);
        return fakeVerify(result)(config, hooks);
      },
      io,
    );
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/^INTERRUPTED, UNVERIFIED: /);
    expect(stderr).toContain('Interrupt again to end at once.');
    expect(io.exits).toEqual([]);
  });

  it('ends the process at once when it comes a second time', async () => {
    const io = fakeIo();
    await runVerifyCli(
      [],
      async (config, hooks) => {
        io.interrupt();
        io.interrupt();
        return fakeVerify(sampleResult([sampleTable()]))(config, hooks);
      },
      io,
    );
    expect(io.exits).toEqual([130]);
  });

  it('is 130 also when the abort comes out of the run as an error', async () => {
    const io = fakeIo();
    const { exitCode, stderr } = await runVerifyCli(
      [],
      async () => {
        io.interrupt();
        throw new DOMException('This operation was aborted', 'AbortError');
      },
      io,
    );
    expect(exitCode).toBe(130);
    expect(stderr).not.toContain('bug');
  });

  it('is no longer listened for after the run', async () => {
    const io = fakeIo();
    await runVerifyCli([], fakeVerify(sampleResult([sampleTable()])), io);
    io.interrupt();
    io.interrupt();
    expect(io.exits).toEqual([]);
  });
});
