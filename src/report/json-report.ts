import type { RunResult } from '../core/result.js';
import { guardJson } from '../words/visible-text.js';

/** The result for programs, format `rowproof/run@1`. */
export function formatJsonReport(result: RunResult): string {
  const { format, rowproof, verdict, ...rest } = result;
  const whole = { format, rowproof, verdict, state: 'ended', ...rest };
  return `${guardJson(JSON.stringify(whole, null, 2))}\n`;
}
