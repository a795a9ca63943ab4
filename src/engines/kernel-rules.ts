import type { CanonicalType } from '../core/canonical-type.js';
import type { CodecColumn } from './engine.js';
import { NUMBER_AS_DECIMAL, NUMBER_AS_INT, OP_EXTERNAL } from './kernel-opcodes.js';
import type { KernelColumn, KernelRule } from './kernel-program.js';

/** The column of a program for a rule, or one that is left to the TypeScript encoder. */
export function toKernelColumn(rule: KernelRule, width: number): KernelColumn {
  return { opcode: rule?.opcode ?? OP_EXTERNAL, width, argument: rule?.argument ?? 0 };
}

/** The argument of a whole number's opcode; null where it would become something else. */
export function numberForm(canonical: CanonicalType): number | null {
  if (canonical === 'int') return NUMBER_AS_INT;
  return canonical === 'decimal' ? NUMBER_AS_DECIMAL : null;
}

const KNOWN_FACTS: ReadonlySet<string> = new Set(['column', 'canonical', 'partner', 'rule']);

/**
 * Whether all that is said of a column is known here. Whatever else a codec may be told changes the bytes in a way that
 * the kernel does not know, so such a column is left to the codec.
 */
export function isPlainColumn(column: CodecColumn): boolean {
  const { rule } = column as { readonly rule?: unknown };
  const named = typeof rule === 'object' && rule !== null ? (rule as { kind?: unknown }).kind : rule;
  const isPlain = named === undefined || named === 'plain';
  return isPlain && Object.keys(column).every((fact) => KNOWN_FACTS.has(fact));
}
