import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeFailure } from '../../src/cli/failure.js';
import { runCli } from '../../src/cli/run-cli.js';
import { RowproofError } from '../../src/core/errors.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';
import { fakeIo, fakeVerify, noApply, noPlan, runVerifyCli } from './fake-io.js';

const unused = { verify: () => Promise.reject(new Error('nothing is read')), plan: noPlan, apply: noApply };

async function run(args: readonly string[]) {
  const io = fakeIo();
  const exitCode = await runCli(args, io, unused);
  return { exitCode, ...io.written };
}

describe('a URL that was mistyped', () => {
  it.each([
    'mysql://sec:123/S3cr3t@host/db',
    'mysql://sec:123?S3cr3t@host/db',
    'mysql://sec:123#S3cr3t@host/db',
    'mysql://sec:S3cr3t/x@host/db',
    'mysql://sec:S3cr3t?x@host/db',
    'mysql://sec:S3cr3t#x@host/db',
    'mysql://sec:S3cr3t%@host:x/db',
    'mysql://sec:S3cr3t@host:99999/db',
    'mysql://sec:S3cr3t@ho st/db',
    'mysql://sec:S3cr3t@[::1/db',
    'mysql://sec:123/x:S3cr3t@host/db',
    'mysql://me@corp:12/S3cr3t@host/db',
    'mysql://sec:123?S3cr3t=x@host/db',
    'mysql:sec:S3cr3t@host/db',
    'mysql//sec:S3cr3t@host/db',
    'mysql:/sec:S3cr3t@host/db',
    'mysql://sec:S3cr3t\\@host:x/db',
    'mysql://s/ec:S3cr3t@host/db',
    'postgres://sec:12/S3cr3t@host/db?sslmode=require',
    'mysql://sec:S3c, S3cr3t@host:x/db',
  ])('shows no password: %s', async (url) => {
    for (const args of [
      ['verify', '--source', url, '--target', 'postgres://new/shop'],
      ['plan', '--source', 'mysql://old/shop', '--target', url],
      ['init', '--source', url, '--target', url],
      ['verify', url],
      [url],
      ['verify', '--sorce', url],
      [`verify${url}`],
    ]) {
      const { exitCode, stdout, stderr } = await run(args);
      expect(`${stdout}${stderr}`).not.toMatch(/S3cr3t|S3c/);
      expect(stderr).not.toContain('bug');
      expect(exitCode).toBe(2);
    }
  });

  it('may hold an @ where it cannot be part of a password', async () => {
    const verify = fakeVerify(sampleResult([sampleTable()]));
    const flags = ['--target-where', 'orders:a@b', '--report', 'json'];
    const { exitCode } = await runVerifyCli(flags, verify);
    expect(exitCode).toBe(0);
    const io = fakeIo();
    const folder = mkdtempSync(join(tmpdir(), 'rowproof-hostile-'));
    const authority = join(folder, 'me@corp.pem');
    writeFileSync(authority, '-----BEGIN CERTIFICATE-----\n');
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const urls = ['--source', `mysql://a:b@h/d?ssl-ca=${authority}`, '--target', 'postgres://me@corp@h/d'];
    expect(await runCli(['verify', ...urls], io, { verify, plan: noPlan, apply: noApply })).toBe(0);
  });
});

describe('what a server says', () => {
  const hostile = 'no\n::error::taken\n##vso[task.complete]x\r\u001b[2J\u202e##teamcity[a]';

  it('is no command of a build server and no escape sequence, in an error', () => {
    const { text } = describeFailure(new RowproofError({ code: 'read', message: hostile, hint: hostile }));
    expect(text).not.toMatch(/^\s*::|##[\w.-]*\[/m);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(
      text
        .trimEnd()
        .split('\n')
        .slice(1)
        .every((line) => line.startsWith('  ')),
    ).toBe(true);
  });

  it('is none in progress, summary and report either', async () => {
    const table = sampleTable({
      source: `shop.${hostile}`,
      target: `public.${hostile}`,
      verdict: 'unverified',
      findings: [{ code: 'chunk-unverified', message: hostile, hint: hostile }],
    });
    const verify = fakeVerify(
      sampleResult([table], {
        source: { engine: 'mysql', product: hostile, version: hostile, url: hostile },
      }),
      [
        {
          type: 'chunk:unverified',
          table: hostile,
          error: { code: 'read', message: hostile, hint: '', causes: [] },
        },
        {
          type: 'chunk:retry',
          table: hostile,
          error: { code: 'read', message: hostile, hint: '', causes: [] },
          attempt: 1,
        },
        { type: 'table:end', table: hostile, verdict: 'unverified' },
      ],
    );
    for (const flags of [[], ['--quiet'], ['--report', 'json']]) {
      const { stdout, stderr } = await runVerifyCli(flags, verify);
      for (const text of [stdout, stderr]) {
        expect(text).not.toMatch(/^\s*::|##[\w.-]*\[/m);
        expect(text).not.toMatch(/[^\P{C}\n]/u);
      }
      expect(stderr.split('\n').filter((line) => /^\s*(::|taken)/.test(line))).toEqual([]);
    }
  });
});
