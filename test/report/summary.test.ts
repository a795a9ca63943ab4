import { describe, expect, it } from 'vitest';
import { formatSummary } from '../../src/report/summary.js';
import { formatTableReport } from '../../src/report/table-report.js';
import { mixedResult, sampleResult, sampleTable } from './sample-result.js';

describe('the last line', () => {
  it('names everything unverified also when differences exist', () => {
    const line = formatSummary(mixedResult());
    expect(line).toMatch(/^DIFFERENT: 6 tables/);
    expect(line).toContain('2 missing, 1 extra, 1,211 changed, 3 in flight');
    expect(line).toContain(
      'different: public.orders, public.order_line_discount_allocations, shop.audit_log',
    );
    expect(line).toContain(
      'unverified: public.orders (chunk-unverified, 3 of 400 chunks), public.areas (table-unreadable)',
    );
  });

  it('ends every table report, whatever the terminal width', () => {
    for (const width of [60, 200]) {
      const report = formatTableReport(mixedResult(), { color: false, width });
      expect(report.endsWith(`\n${formatSummary(mixedResult())}\n`)).toBe(true);
    }
  });

  it('names what the run as a whole could not check', () => {
    const findings = [
      { code: 'catalog-partial', message: 'The account may not see every table.', hint: '' },
    ] as const;
    const line = formatSummary(sampleResult([sampleTable()], { verdict: 'unverified', findings }));
    expect(line).toContain('unverified: catalog-partial');
    expect(line).not.toContain('nothing unverified');
  });

  it('never says that nothing is unverified of a run that was interrupted', () => {
    const line = formatSummary(sampleResult([sampleTable()], { interrupted: true, verdict: 'different' }));
    expect(line).toMatch(/^INTERRUPTED, DIFFERENT: /);
    expect(line).toContain('unverified: part of the run');
  });

  it('stays on one line with hostile names', () => {
    const table = sampleTable({ target: 'public.a\nVERIFIED: b\u001b[A', verdict: 'unverified' });
    expect(formatSummary(sampleResult([table]))).not.toMatch(/\p{Cc}/u);
  });
});
