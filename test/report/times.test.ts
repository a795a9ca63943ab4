import { describe, expect, it } from 'vitest';
import { exitCodeOfResult } from '../../src/core/exit-code.js';
import { formatReport } from '../../src/report/format-report.js';
import { parseSavedResult } from '../../src/report/saved-result.js';
import { listScope } from '../../src/report/scope-sentences.js';
import { formatSummary } from '../../src/report/summary.js';
import { sampleResult, sampleTable } from './sample-result.js';

const START = '2026-11-29T02:00:00.000Z';
const AN_HOUR = 3_600_000;
const run = (times: Parameters<typeof sampleResult>[1]) =>
  sampleResult([sampleTable()], { startedAt: START, elapsedMs: AN_HOUR, verdict: 'verified', ...times });

describe('a result that was not found in one go', () => {
  const resumed = run({ sittings: { count: 3, oldestReadAt: '2026-11-28T01:00:00.000Z', isSameData: true } });
  const plan = 'a'.repeat(32);
  const merged = run({
    parts: {
      plan,
      of: 4,
      missing: [3],
      oldestReadAt: '2026-11-28T20:00:00.000Z',
      newestReadAt: '2026-11-28T22:30:00.000Z',
    },
  });
  const part = run({ part: { plan, part: 3, of: 16 } });

  it('says in how many sittings, and how old the oldest of it is', () => {
    expect(formatSummary(resumed)).toContain('; in 3 sittings, oldest read 26 h 0 min ago; ');
    const scope = listScope(resumed).join('\n');
    expect(scope).toContain(
      'Read in 3 sittings: the oldest of what counts was read at 2026-11-28T01:00:00.000Z, 26 h 0 min',
    );
    expect(scope).toContain('servers that are others than at first hold the same data');
    expect(formatReport(resumed, { format: 'html' })).toContain(
      '2026-11-28T01:00:00.000Z and 2026-11-29T03:00:00.000Z',
    );
  });

  it('says from how many parts, how far apart, and which is missing', () => {
    expect(formatSummary(merged)).toContain('; in 3 of 4 parts over 2 h 30 min, without part 3; ');
    expect(listScope(merged).join('\n')).toContain('Joined from 3 of 4 parts, read between');
    expect(formatReport(merged, { format: 'html' })).toContain(
      '2026-11-28T20:00:00.000Z and 2026-11-28T22:30:00.000Z',
    );
  });

  it('is never taken for all of a run where it is a part, in no format', () => {
    expect(formatSummary(part)).toMatch(/^PART 3 OF 16, VERIFIED: /);
    expect(formatReport(part, { format: 'table' })).toContain('This is part 3 of 16 of a run');
    expect(formatReport(part, { format: 'markdown' })).toContain('Rowproof: Part 3 of 16: verified');
    const html = formatReport(part, { format: 'html' });
    expect(html).toContain('Part 3 of 16: ');
    expect(html).toContain('May the target take over? Not on this evidence alone');
    expect(formatReport(part, { format: 'junit' })).toMatch(/<skipped message="PART 3 OF 16, VERIFIED/);
    expect(formatReport(part, { format: 'prometheus' })).not.toMatch(/^rowproof_last_success/m);
  });

  it('ends with another code where its time was up than where somebody interrupted it', () => {
    const stopped = { interrupted: true, verdict: 'unverified' } as const;
    expect(exitCodeOfResult(run(stopped))).toBe(130);
    const late = run({ ...stopped, stoppedBy: 'max-runtime' });
    expect([exitCodeOfResult(late), formatSummary(late).slice(0, 11)]).toEqual([3, 'OUT OF TIME']);
  });

  it('says for how long what differed was looked at again, and nothing of looks that are over at once', () => {
    const looked = run({ lookedMs: 61_000 });
    expect(formatSummary(looked)).toMatch(/; 1 h 0 min, 1 min 1 s of it looking again at what differed$/);
    expect(formatSummary(run({ lookedMs: 999 }))).toMatch(/; 1 h 0 min$/);
    const text = formatReport(looked, { format: 'json' });
    expect(formatSummary(parseSavedResult(text, 'run.json'))).toBe(formatSummary(looked));
  });

  it('is read back from a file, and refused where what it says of its times is none', () => {
    for (const result of [resumed, merged, part]) {
      const text = formatReport(result, { format: 'json' });
      expect(formatSummary(parseSavedResult(text, 'run.json'))).toBe(formatSummary(result));
    }
    const text = formatReport(resumed, { format: 'json' }).replace('"count": 3', '"count": "3"');
    expect(() => parseSavedResult(text, 'run.json')).toThrow(/sittings/);
  });
});
