import { describe, expect, it } from 'vitest';
import type { GateFinding, GateResult } from '../../../src/core/gate/gate-result.js';
import { writeFixesFile } from '../../../src/repair/fixes-file.js';
import { formatGate } from '../../../src/report/gate/format-gate.js';
import { listGateAnnotations } from '../../../src/report/gate/gate-annotations.js';
import { formatRunbook } from '../../../src/report/gate/runbook.js';

const HOSTILE = 'public.x\u001b[31m\n::error::<script>`|*"\u202e\'; DROP TABLE y;--';

function finding(parts: Partial<GateFinding>): GateFinding {
  const none = { consequence: '', advice: '', fix: null, place: null, accepted: null };
  return { level: 'failed', subject: 'public.orders.id', evidence: 'next 1, largest 9', ...none, ...parts };
}

const RAISE = {
  ...({ side: 'target', isSafe: true, lock: '', reversal: '' } as const),
  action: {
    kind: 'raise-number',
    schema: 'public',
    table: 'orders',
    column: 'id',
    sequence: 's',
    isDescending: false,
    next: 2n ** 63n,
  } as const,
};

function result(...findings: readonly GateFinding[]): GateResult {
  const check = { group: 'numbering', claim: 'all is well', weight: 'essential' } as const;
  const side = { engine: 'postgresql', version: '15', url: 'postgres://new/shop' };
  return {
    ...({
      format: 'rowproof/gate@1',
      rowproof: '0.1.0',
      phase: 'cutover',
      verdict: 'no-go',
      isStrict: false,
    } as const),
    ...{
      asOf: '2026-11-30T02:14:09.123Z',
      startedAt: '2026-11-30T02:14:00.000Z',
      elapsedMs: 9000,
      isReversed: false,
    },
    ...{ source: side, target: side, unusedAcceptances: [], notSeen: ['disk', 'DNS'] },
    rows: {
      ...({
        verdict: 'verified',
        mode: 'full',
        isEarlier: false,
        startedAt: '',
        position: null,
        isUpToDate: true,
      } as const),
    },
    checks: [
      { ...check, id: 'numbering', outcome: 'failed', findings },
      { ...check, id: 'lag', outcome: 'passed', findings: [] },
      { ...check, id: 'application', outcome: 'not-applicable', findings: [] },
    ],
  };
}

const FORMATS = ['table', 'json', 'html', 'junit', 'github', 'markdown'] as const;

describe('the answer of the gate', () => {
  it('stands in a line at the top, with its moment, and alone at the end', () => {
    const accepted = { owner: 'anna', reason: 'drop on Monday', expires: '2026-12-31' };
    const text = formatGate(
      result(
        finding({ consequence: 'the next insert fails', place: 'fixes.target.sql:12' }),
        finding({
          level: 'not-checked',
          subject: 'source',
          evidence: 'hidden',
          advice: "GRANT PROCESS ON *.* TO 'c'@'%'",
        }),
        finding({ level: 'warning', subject: 'public._orders_gho', evidence: 'a leftover', accepted }),
      ),
    );
    expect(text.split('\n')[0]).toBe(
      "NO-GO as of 02:14:09Z: 1 failed, 1 accepted; rows VERIFIED up to the source's last write",
    );
    expect(text).toContain(
      'failed      numbering         public.orders.id: next 1, largest 9: the next insert fails\n',
    );
    expect(text).toContain('-> fixes.target.sql:12\n');
    expect(text).toContain("-> GRANT PROCESS ON *.* TO 'c'@'%'\n");
    expect(text).toContain('public._orders_gho until 2026-12-31 (anna: "drop on Monday"): a leftover\n');
    expect(text).toContain('1 passed, 1 not applicable');
    expect(text.endsWith('SQL cannot see: disk, DNS\n\nNO-GO\n')).toBe(true);
  });

  it.each(FORMATS)('is harmless in %s, whatever servers name', (format) => {
    const hostile = finding({ subject: HOSTILE, evidence: HOSTILE, consequence: HOSTILE, advice: HOSTILE });
    const text = formatGate(result(hostile), { format });
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
    expect(text).not.toMatch(/^::error::/m);
    if (format === 'html' || format === 'junit') expect(text).not.toContain('<script>`');
  });

  it('keeps numbers of 64 bits in JSON, and names what closes the gate in metrics', () => {
    const fixed = finding({ fix: { ...RAISE, statements: ['SELECT 1'] } });
    const json = JSON.parse(formatGate(result(fixed), { format: 'json' }));
    expect(json.checks[0].findings[0].fix.action.next).toBe('9223372036854775808');
    const metrics = formatGate(result(fixed), { format: 'prometheus' });
    expect(metrics).toContain('verdict="no-go"} 1\n');
    expect(metrics).toMatch(/rowproof_gate_check_closed\{.*check="numbering",outcome="failed"\} 1/);
  });

  it('annotates a job with each finding, ten of a kind at the most', () => {
    const many = Array.from({ length: 12 }, (_, at) => finding({ subject: `t${at}` }));
    const told = listGateAnnotations(result(...many));
    expect(told).toHaveLength(10);
    expect(told.at(-1)?.message).toContain('(and 2 more)');
  });

  it('becomes a runbook in which nothing of a server is live', () => {
    const text = formatRunbook({
      result: result(finding({ subject: HOSTILE })),
      follow: {
        ways: [{ way: 'subscription', tables: 1, name: 's' }],
        isReached: true,
        lagMs: 1,
        position: null,
        without: [],
        leftOut: [],
      },
      fixes: null,
      write: (_side, action) => ({
        statements: [`DO ${action.kind}`],
        isSafe: false,
        lock: 'nothing',
        reversal: 'UNDO',
      }),
    });
    expect(text).not.toContain('\u001b');
    expect(text).toContain(
      '- [ ] **End what the target follows the source by (subscription), on the target**',
    );
    expect(text.match(/^- \[ \] /gm)?.length).toBeGreaterThan(8);
  });
});

describe('a file of fixes', () => {
  const write = (statements: readonly string[], parts: Partial<GateFinding['fix'] & object> = {}) =>
    writeFixesFile({
      result: result(finding({ subject: HOSTILE, fix: { ...RAISE, statements, ...parts } })),
      ...{
        side: 'target',
        path: 'f.sql',
        guard: ['GUARD'],
        stopLine: '\\set ON_ERROR_STOP on',
        schema: 'public',
        server: 's',
        started: null,
      },
    });
  const live = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('--'));

  it('runs what is safe, and nothing that a name brings along', () => {
    const file = write(['SELECT setval(1)']);
    expect(live(file.text)).toEqual(['\\set ON_ERROR_STOP on', 'GUARD;', 'SELECT setval(1);']);
    const [line] = [...file.lines.values()];
    expect(file.text.split('\n')[(line ?? 0) - 1]).toBe('SELECT setval(1);');
  });

  it('comments out what locks, with what it locks and what takes it back', () => {
    const file = write(['ALTER TABLE x'], { isSafe: false, lock: 'writes wait', reversal: 'DROP y' });
    expect(live(file.text)).toEqual(['\\set ON_ERROR_STOP on', 'GUARD;']);
    expect(file.text).toContain('-- It locks: writes wait\n-- It is taken back by: DROP y\n');
    expect(file.text).toContain('\n-- ALTER TABLE x;\n');
  });

  it('writes no statement of more than one line, which would end its comment', () => {
    const file = write(['ALTER TABLE "a\nDROP TABLE b; --"'], { isSafe: false });
    expect(live(file.text)).toEqual(['\\set ON_ERROR_STOP on', 'GUARD;']);
    expect(file.text).toContain('write it by hand');
  });

  it('says so where there is nothing to mend, in the place of an earlier one', () => {
    const file = writeFixesFile({
      result: result(finding({})),
      ...{ side: 'target', path: 'f.sql', guard: ['GUARD'], stopLine: null },
      ...{ schema: 'public', server: 's', started: null },
    });
    expect(live(file.text)).toEqual(['GUARD;']);
    expect(file.text).toContain('-- There is nothing to mend here.');
  });
});
