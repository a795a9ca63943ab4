import type { FindingLevel } from '../../core/gate/check.js';
import type { Column } from '../../core/schema.js';
import { formatCount } from '../../words/number-text.js';
import { isNumber, reachOf } from './number-reach.js';

/** What a column of the target cannot hold that the one of the source can. */
export interface Narrower {
  readonly level: FindingLevel;
  readonly evidence: string;
  readonly consequence: string;
}

const MOST_INT = 2n ** 63n - 1n;

/** Compares columns of numbers: exact ones by the largest and least that they hold, and by the digits behind the point. */
export function narrowerNumber(
  { type: from, ...source }: Column,
  { type: to, ...target }: Column,
): Narrower | null {
  if (!isNumber(from) || !isNumber(to)) return null;
  const declared = `${source.declared} on the source, ${target.declared} on the target`;
  if (from.kind === 'float' || to.kind === 'float') return narrowerFloat(from, to, declared);
  const [held, holds] = [reachOf(from), reachOf(to)];
  if (holds === null) return null;
  if (held === null)
    return {
      level: 'warning',
      evidence: declared,
      consequence: `values above ${formatCount(holds.most)} fail, and digits after ${holds.scale} behind the point are lost`,
    };
  // Programs that declare truth values keep nothing else in them.
  if (to.kind === 'boolean')
    return from.kind === 'boolean' || (from.kind === 'int' && from.truth === true)
      ? null
      : { level: 'failed', evidence: declared, consequence: 'values other than 0 and 1 fail' };
  if (held.most > holds.most)
    return tooLarge(from, { held: held.most, holds: holds.most, scale: holds.scale, declared });
  if (held.least < holds.least)
    return {
      level: 'failed',
      evidence: declared,
      consequence:
        holds.least === 0n ? 'values below zero fail' : `values below ${formatCount(holds.least)} fail`,
    };
  if ((held.scale ?? 0) <= (holds.scale ?? 0)) return null;
  return {
    level: 'failed',
    evidence: `${declared}: ${held.scale} digits behind the point become ${holds.scale}`,
    consequence: 'values are rounded, or fail',
  };
}

function tooLarge(
  from: Column['type'],
  about: {
    readonly held: bigint;
    readonly holds: bigint;
    readonly scale: number | null;
    readonly declared: string;
  },
): Narrower {
  const { held, holds, scale, declared } = about;
  const fraction = scale === null || scale === 0 || from.kind !== 'decimal' ? '' : `.${'9'.repeat(scale)}`;
  const consequence = `values above ${formatCount(holds)}${fraction} fail`;
  // Where numbers of 64 bits lose their last bit for a sign, nobody counts that far.
  if (holds >= MOST_INT && from.kind === 'int') return { level: 'note', evidence: declared, consequence: '' };
  const digits =
    from.kind === 'decimal'
      ? `holds ${`${held}`.length} digits before the point, the target ${`${holds}`.length}`
      : `holds up to ${formatCount(held)}, the target up to ${formatCount(holds)}`;
  return { level: 'failed', evidence: digits, consequence };
}

function narrowerFloat(from: Column['type'], to: Column['type'], declared: string): Narrower | null {
  if (to.kind === 'float') {
    if (from.kind === 'float')
      return from.bits > to.bits
        ? { level: 'failed', evidence: declared, consequence: 'values are rounded to about 7 digits' }
        : null;
    const digits = to.bits === 64 ? 15 : 7;
    const reach = reachOf(from);
    const isExact = reach !== null && reach.scale === 0 && reach.most < 10n ** BigInt(digits);
    return isExact
      ? null
      : { level: 'warning', evidence: declared, consequence: `values are rounded to about ${digits} digits` };
  }
  const holds = reachOf(to);
  if (holds === null) return null;
  return {
    level: holds.scale === 0 ? 'failed' : 'warning',
    evidence: declared,
    consequence: 'values are rounded, and large ones fail',
  };
}
