import { describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/format-report.js';
import { formatJsonReport } from '../../src/report/json-report.js';
import { mixedResult } from './sample-result.js';

describe('the JSON report', () => {
  it('holds the whole result and ends with a newline', () => {
    const text = formatJsonReport(mixedResult());
    expect(JSON.parse(text)).toEqual({ ...mixedResult(), state: 'ended' });
    expect(text.startsWith('{\n  "format": "rowproof/run@1",')).toBe(true);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('leaks no value when values are hidden, but keeps keys and columns', () => {
    const text = formatReport(mixedResult(), { format: 'json', showValues: false });
    expect(text).not.toMatch(/lorem|paid|10\.50|00ff1/);
    expect(text).toContain('"48211999"');
    expect(text).toContain('"total"');
  });
});
