import type { CanonicalType } from '../core/canonical-type.js';
import { NUMBER_AS_DECIMAL, NUMBER_AS_INT, OP_EXTERNAL } from './kernel-opcodes.js';
import type { KernelColumn, KernelRule } from './kernel-program.js';
import type { CodecColumn } from './row-codec.js';

/** The column of a program for a rule, or one that is left to the TypeScript encoder. */
export function toKernelColumn(rule: KernelRule, width: number): KernelColumn {
  return { opcode: rule?.opcode ?? OP_EXTERNAL, width, argument: rule?.argument ?? 0 };
}

/** The argument of a whole number's opcode; null where it would become something else. */
export function numberForm(canonical: CanonicalType): number | null {
  if (canonical === 'int') return NUMBER_AS_INT;
  return canonical === 'decimal' ? NUMBER_AS_DECIMAL : null;
}

/** Whether a value is compared as the engine encodes it; what a rule does to it only TypeScript knows. */
export function isPlainColumn({ rule }: CodecColumn): boolean {
  return rule.kind === 'plain';
}
