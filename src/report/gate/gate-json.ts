import type { GateResult } from '../../core/gate/gate-result.js';

/** The answer for programs, format `rowproof/gate@1`. Numbers of 64 bits are text. */
export function formatGateJson(result: GateResult): string {
  return `${JSON.stringify(result, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2)}\n`;
}
