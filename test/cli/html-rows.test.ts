import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { RowproofError } from '../../src/core/errors.js';
import { REPORT_FORMAT_NAMES } from '../../src/core/report-format.js';
import { damagedRun } from '../report/damaged-rows.js';
import { mixedResult } from '../report/sample-result.js';
import { fakeIo, fakeVerify, noApply, noPlan, runVerifyCli } from './fake-io.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-html-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const place = (name: string): string => join(folder, name);
const damage = { rows: 500, length: 5 };

/** A run of many differing rows, of which the result itself holds ten. */
const verify: Parameters<typeof runVerifyCli>[1] = async () => {
  const { result } = damagedRun(damage);
  return {
    result,
    differences: () => damagedRun(damage).differences,
    repair: null,
    resumable: null,
    differingBytes: null,
    part: null,
    servers: null,
    close: async () => {},
  };
};

async function report(...flags: string[]) {
  const io = fakeIo();
  const exitCode = await runCli(['report', place('run.json'), ...flags], io, {
    verify: noPlan,
    plan: noPlan,
    apply: noApply,
  });
  return { exitCode, ...io.written };
}

/** All but the instant of the run, in a page. */
const bodyOf = (name: string): string => read(name).replace(/<dt>Read<\/dt>.*?<\/dd>/s, '');

describe('--report html', () => {
  beforeEach(async () => {
    const flags = ['json=run.json', 'html=run.html'].flatMap((each) => [
      '--report',
      each.replace('=', `=${folder}/`),
    ]);
    await runVerifyCli([...flags, '--differences', place('rows.ndjson')], verify);
  });

  it('shows rows from everywhere, not only those that the result holds', () => {
    expect(read('run.html')).toContain('>485<');
    expect(read('run.html')).toMatch(/aria-label="changed rows: 500, in \d\d\d of 500 equal stretches/);
  });

  it('is the same page again from the saved result and its rows', async () => {
    const { exitCode } = await report(
      '--differences',
      place('rows.ndjson'),
      '--report',
      `html=${folder}/again.html`,
    );
    expect(exitCode).toBe(1);
    expect(bodyOf('again.html')).toBe(bodyOf('run.html'));
  });

  it('shows the first rows where nobody names the file of all', async () => {
    await report('--report', `html=${folder}/few.html`);
    expect(read('few.html').match(/<th scope="rowgroup"/g)).toHaveLength(10);
    expect(read('few.html')).toContain('… and 490 more differing rows');
  });

  it.each([
    [
      'of another run',
      (text: string) => text.split('\n').slice(0, -2).join('\n'),
      'it holds 499 changed rows of public.readings',
    ],
    ['of other databases', (text: string) => text.replace('db-old', 'db-other'), 'is of other databases'],
    [
      'of a newer format',
      (text: string) => text.replace('differences@1', 'differences@2'),
      'is in format rowproof/differences@2',
    ],
    ['that is no such file', () => 'x', 'is not a file of differences'],
    ['that is empty', () => '', 'is empty'],
    ['with a broken line', (text: string) => text.replace('"kind":"changed"', '"kind":"odd"'), 'see line 2'],
  ])('refuses rows %s, and writes nothing', async (_title, change, reason) => {
    writeFileSync(place('wrong.ndjson'), change(read('rows.ndjson')));
    const { exitCode, stdout, stderr } = await report(
      '--differences',
      place('wrong.ndjson'),
      '--report',
      `html=${folder}/no.html`,
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
    expect(stdout).toBe('');
    expect(() => read('no.html')).toThrow(/ENOENT/);
  });

  it('says where rows are named in vain, or cannot be read', async () => {
    expect((await report('--differences', place('rows.ndjson'))).stderr).toContain(
      'Expected --report html with --differences, got no report that shows rows.',
    );
    const missing = await report('--differences', place('none'), '--report', 'html');
    expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
    expect(missing.stderr).toMatch(/Cannot read .*none: there is no such file\./);
    expect(
      (await report('--differences', place('rows.ndjson'), '--report', `html=${folder}/rows.ndjson`)).stderr,
    ).toContain('the command reads it');
  });

  it('still appears, from what the result holds, when rows cannot be read to the end', async () => {
    const { exitCode, stderr } = await runVerifyCli(['--report', `html=${folder}/part.html`], async () => ({
      result: damagedRun(damage).result,
      differences: async function* () {
        yield* [];
        throw new RowproofError({ code: 'internal', message: 'The spool is gone.' });
      },
      repair: null,
      resumable: null,
      differingBytes: null,
      part: null,
      servers: null,
      close: async () => {},
    }));
    expect(exitCode).toBe(4);
    expect(stderr).toContain('The spool is gone.');
    expect(read('part.html').match(/<th scope="rowgroup"/g)).toHaveLength(10);
  });
});

describe('the command in a report', () => {
  it('is what was typed, without the passwords', async () => {
    await runVerifyCli(
      ['--report', `html=${folder}/run.html`, '--where', "orders:note = 'x'"],
      fakeVerify(mixedResult()),
    );
    const [, command = ''] = /<pre>(.*?)<\/pre>/s.exec(read('run.html')) ?? [];
    const typed = command.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    expect(typed).toMatch(
      /^rowproof verify --source 'mysql:\/\/reader:\*\*\*@old\/shop' --target 'postgres:/,
    );
    expect(typed).toContain(String.raw`--where 'orders:note = '\''x'\'''`);
  });

  it('gives no password away in any format, however it is written', async () => {
    const source = 'mysql://reader:S3cr%2Fe@t%40x@old/shop';
    const formats = REPORT_FORMAT_NAMES.flatMap((format) => [
      '--report',
      `${format}=${folder}/run.${format}`,
    ]);
    const io = fakeIo();
    const argv = ['verify', `--source=${source}`, '--target', 'postgres://a:S3cr3@new/shop', ...formats];
    await runCli(argv, io, { verify: fakeVerify(mixedResult()), plan: noPlan, apply: noApply });
    expect(io.written).toMatchObject({ stdout: expect.stringMatching(/^::error/) });
    for (const format of REPORT_FORMAT_NAMES) expect(read(`run.${format}`)).not.toMatch(/S3cr/);
    expect(io.written.stdout + io.written.stderr).not.toMatch(/S3cr/);
  });
});
