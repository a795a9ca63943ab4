import { withoutExamples } from '../core/diagnosis.js';
import type { RunResult } from '../core/result.js';
import { guardJson } from '../words/visible-text.js';

/** The result for programs, format `rowproof/run@1`. */
export function formatJsonReport(result: RunResult): string {
  const { format, rowproof, verdict, ...rest } = result;
  const whole = { format, rowproof, verdict, state: 'ended', ...rest };
  return `${guardJson(JSON.stringify(whole, null, 2))}\n`;
}

/**
 * Takes every value of a differing row out of a result; keys and column names stay, since without them a difference
 * names nothing.
 */
export function withoutValues(result: RunResult): RunResult {
  const tables = result.tables.map((table) => ({
    ...table,
    diagnoses: withoutExamples(table.diagnoses ?? []),
    sample: table.sample.map((row) => ({ ...row, source: null, target: null })),
  }));
  return { ...result, tables };
}
