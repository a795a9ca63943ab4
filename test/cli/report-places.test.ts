import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { RowproofError } from '../../src/core/errors.js';
import { REPORT_FORMAT_NAMES } from '../../src/core/report-format.js';
import { formatJsonReport } from '../../src/report/json-report.js';
import { hostileResult } from '../report/hostile-result.js';
import { mixedResult, sampleResult, sampleTable } from '../report/sample-result.js';
import { fakeIo, fakeVerify, noApply, noPlan, runVerifyCli } from './fake-io.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-places-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const failing = async () => {
  throw new RowproofError({ code: 'connect', message: 'No connection.' });
};
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('--report github', () => {
  const summaryIo = (before = '') => {
    const path = join(folder, 'summary');
    writeFileSync(path, before, { mode: 0o644 });
    return fakeIo({ env: { GITHUB_STEP_SUMMARY: path } });
  };

  it('adds to the summary of the step what others wrote before, and tells the job on stdout', async () => {
    const { stdout, exitCode } = await runVerifyCli(
      ['--report', 'github'],
      fakeVerify(mixedResult()),
      summaryIo('# Of another program\n'),
    );
    expect(exitCode).toBe(1);
    expect(read('summary')).toMatch(/^# Of another program\n## ❌ Rowproof: different\n/);
    expect(stdout).toMatch(/^(::(error|warning) title=.*\n){5}DIFFERENT: 6 tables.*\n$/);
    expect(statSync(join(folder, 'summary')).mode & 0o777).toBe(0o644);
  });

  it('goes with the table on stdout, of which nothing is obeyed', async () => {
    const { stdout } = await runVerifyCli(
      ['--report', 'github', '--report', 'table'],
      fakeVerify(hostileResult()),
      summaryIo(),
    );
    const obeyed = stdout.split('\n').filter((line) => /^\s*::|##[\w.-]*\[/.test(line));
    expect(obeyed.length).toBeLessThanOrEqual(30);
    expect(obeyed.every((line) => /^::(error|warning|notice) title=[^:,]*::/.test(line))).toBe(true);
    expect(stdout).toMatch(/^INTERRUPTED, DIFFERENT/m);
  });

  it('takes no more room than the summary has, and says so where there is none', async () => {
    const tables = Array.from({ length: 9000 }, (_, at) => sampleTable({ target: `public.table_${at}` }));
    const verify = fakeVerify(sampleResult(tables));
    await runVerifyCli(['--report', 'github'], verify, summaryIo('x'.repeat(700_000)));
    expect(statSync(join(folder, 'summary')).size).toBeLessThanOrEqual(1_000_000);
    expect(read('summary')).toMatch(/… and [\d,]+ more tables/);
    const { stderr, exitCode } = await runVerifyCli(
      ['--report', 'github'],
      verify,
      summaryIo('x'.repeat(990_000)),
    );
    expect(stderr).toContain('The summary of this step is full');
    expect(statSync(join(folder, 'summary')).size).toBe(990_000);
    expect(exitCode).toBe(0);
  });

  it('tells the job of a run that has no result, without a password', async () => {
    const { exitCode, stdout } = await runVerifyCli(
      ['--report', 'github'],
      async () => {
        throw new RowproofError({ code: 'connect', message: 'Cannot reach mysql://reader:s3cret@old.' });
      },
      summaryIo('# Of another program\n'),
    );
    expect(exitCode).toBe(4);
    expect(stdout).toBe(
      '::error title=Rowproof ended without a result::Cannot reach mysql://reader:***@old.\n',
    );
    expect(read('summary')).toBe('# Of another program\n');
  });

  it('writes its summary to a path outside of GitHub', async () => {
    const { stdout } = await runVerifyCli([`--report`, `github=${folder}/s.md`], fakeVerify(mixedResult()));
    expect(read('s.md')).toMatch(/^## ❌ Rowproof/);
    expect(stdout).toMatch(/^::error/);
  });
});

describe('--report prometheus', () => {
  const flags = () => ['--report', `prometheus=${folder}/run.prom`];
  const good = fakeVerify(sampleResult([sampleTable()]));

  it('leaves the metrics of the run before until it has its own', async () => {
    await runVerifyCli(flags(), good);
    const before = read('run.prom');
    await runVerifyCli(flags(), async (config, hooks) => {
      expect(read('run.prom')).toBe(before);
      return good(config, hooks);
    });
    expect(readdirSync(folder)).toEqual(['run.prom']);
  });

  it('says failed where a run has no result, whatever the metrics before said, and when all was well last', async () => {
    const failed = async () => {
      expect((await runVerifyCli(flags(), failing)).exitCode).toBe(4);
      const metrics = read('run.prom');
      const said = metrics.matchAll(/^rowproof_verdict\{(.*),verdict="(\w+)"\} 1$/gm);
      expect(
        [...said].map(([, labels, verdict]) => [labels?.replace(/[0-9a-f]{16}/, 'DIGEST'), verdict]),
      ).toEqual([
        ['source="mysql://old:3306/shop",target="postgres://new:5432/shop",asked="DIGEST"', 'failed'],
      ]);
      expect(metrics).not.toMatch(/rowproof_(?:rows|tables|table_\w+|differing_rows)\{/);
      expect(metrics).toMatch(/^rowproof_last_run_timestamp_seconds\{.*\} \d{10}$/m);
      return metrics;
    };
    expect(await failed()).not.toContain('rowproof_last_success');
    const { source, target } = sampleResult([sampleTable()]);
    const sides = {
      source: { ...source, url: 'mysql://old:3306/shop' },
      target: { ...target, url: 'postgres://new:5432/shop' },
    };
    await runVerifyCli(flags(), fakeVerify(sampleResult([sampleTable()], sides)));
    const [success = 'none'] = /^rowproof_last_success_timestamp_seconds\{.*$/m.exec(read('run.prom')) ?? [];
    expect(read('run.prom')).toMatch(/verdict="verified"\} 1\n/);
    expect(await failed()).toContain(success);
    expect(await failed()).toContain(success);
    expect(readdirSync(folder)).toEqual(['run.prom']);
    expect(statSync(join(folder, 'run.prom')).mode & 0o777).toBe(0o644 & ~process.umask());
  });

  it('on stdout has names that a build server would obey spelled, and stays metrics', async () => {
    const { stdout } = await runVerifyCli(['--report', 'prometheus'], fakeVerify(hostileResult()));
    expect(stdout).not.toMatch(/[^\P{C}\n]|##[\w.-]*\[/u);
    expect(stdout).not.toMatch(/(?<!\\)(?:\\\\)*\\[^\\"n]/);
  });

  it('keeps when all was well last, and may be read by the program that collects it', async () => {
    await runVerifyCli(flags(), good);
    const success = /rowproof_last_success_timestamp_seconds\{.*\n/.exec(read('run.prom'))?.[0];
    await runVerifyCli(
      flags(),
      fakeVerify(
        sampleResult([sampleTable({ verdict: 'different' })], { startedAt: '2025-02-01T00:00:00.000Z' }),
      ),
    );
    expect(read('run.prom')).toContain(success);
    expect(read('run.prom')).toMatch(/rowproof_verdict\{.*verdict="different"\} 1/);
    expect(statSync(join(folder, 'run.prom')).mode & 0o777).toBe(0o644 & ~process.umask());
  });
});

describe('--report junit and markdown', () => {
  it('say that there is no result until there is one', async () => {
    const flags = ['--report', `junit=${folder}/run.xml`, '--report', `markdown=${folder}/run.md`];
    await runVerifyCli(flags, async (config, hooks) => {
      expect(read('run.xml')).toMatch(
        /errors="1".*\n.*\n.*\n *<error message="UNVERIFIED: .* has not ended\."/,
      );
      expect(read('run.md')).toMatch(/^UNVERIFIED: .* has not ended\.\n$/);
      return fakeVerify(mixedResult())(config, hooks);
    });
    expect(read('run.xml')).toContain('failures="3"');
    expect(read('run.md')).toMatch(/^## ❌/);
    await runVerifyCli(flags, failing);
    expect(read('run.xml')).toContain('ended before it had a result');
    expect(statSync(join(folder, 'run.xml')).mode & 0o077).toBe(0);
  });
});

describe('a report of any format', () => {
  it.each(REPORT_FORMAT_NAMES)(
    '%s says nothing of the run before where one has no result',
    async (format) => {
      const flags = ['--report', `${format}=${folder}/run`];
      await runVerifyCli(flags, fakeVerify(sampleResult([sampleTable()])));
      expect(read('run')).toMatch(/verified/i);
      await runVerifyCli(flags, failing);
      expect(read('run')).toMatch(/ended before it had a result|"state": "failed"|verdict="failed"\} 1/);
      expect(read('run')).not.toMatch(
        /"verdict": "verified"|VERIFIED: 1 table|verdict="verified"\} 1|public\.customers/,
      );
    },
  );
});

describe('a saved result', () => {
  it.each([
    ['junit', /^<\?xml/],
    ['markdown', /^## ❌/],
    ['github', /^## ❌/],
    ['prometheus', /^# HELP/],
    ['table', /^DIFFERENT/],
    ['json', /^\{/],
  ])('is drawn as %s again', async (format, begin) => {
    writeFileSync(join(folder, 'run.json'), formatJsonReport(mixedResult()));
    const io = fakeIo();
    const argv = ['report', join(folder, 'run.json'), '--report', `${format}=${folder}/again`];
    const exitCode = await runCli(argv, io, { verify: noPlan, plan: noPlan, apply: noApply });
    expect(exitCode).toBe(1);
    expect(read('again')).toMatch(begin);
  });
});
