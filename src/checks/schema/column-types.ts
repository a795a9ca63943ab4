import type { FindingLevel } from '../../core/gate/check.js';
import type { ColumnFacts } from '../../core/gate/column-facts.js';
import type { Column, TextType } from '../../core/schema.js';
import { formatCount } from '../../words/number-text.js';
import { isNumber, reachOf } from './number-reach.js';
import { listShortly } from './paired.js';

/** One end of a column pair. */
export interface ColumnEnd {
  readonly column: Column;
  readonly facts: ColumnFacts;
}

/** What a column of the target cannot hold that the one of the source can. */
export interface Narrower {
  readonly level: FindingLevel;
  readonly evidence: string;
  readonly consequence: string;
}

/** Compares what columns hold, by what comes of it: a target that holds more is no problem. */
export function findNarrower(source: ColumnEnd, target: ColumnEnd): readonly Narrower[] {
  return [
    narrowerNumber(source.column, target.column),
    narrowerText(source.column, target.column),
    narrowerBytes(source.column, target.column),
    narrowerTime(source.column, target.column),
    fewerLabels(source, target),
    fewerCharacters(source, target),
    otherKind(source.column, target.column),
  ].filter((found) => found !== null);
}

const MOST_INT = 2n ** 63n - 1n;

function narrowerNumber({ type: from, ...source }: Column, { type: to, ...target }: Column): Narrower | null {
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

/** Text of so many bytes or characters that nobody comes near it. */
const ENDLESS = 16_000_000;

const lengthOf = ({ mostCharacters, mostBytes }: TextType): number =>
  mostCharacters ?? mostBytes ?? Number.POSITIVE_INFINITY;
const sizeOf = ({ mostCharacters, mostBytes }: TextType): string =>
  mostCharacters !== undefined
    ? `${formatCount(mostCharacters)} characters`
    : mostBytes !== undefined
      ? `${formatCount(mostBytes)} bytes`
      : 'any length';

function narrowerText({ type: from }: Column, { type: to }: Column): Narrower | null {
  if (from.kind !== 'text' || to.kind !== 'text' || lengthOf(to) >= ENDLESS) return null;
  const evidence = `holds ${sizeOf(from)}, the target ${sizeOf(to)}`;
  if (lengthOf(to) < lengthOf(from))
    return {
      // What had no end was seldom meant to have none.
      level: lengthOf(from) >= ENDLESS ? 'warning' : 'failed',
      evidence,
      consequence: 'longer values fail, or are cut',
    };
  const fitsInBytes =
    to.mostBytes === undefined ||
    from.mostCharacters === undefined ||
    from.mostCharacters * 4 <= to.mostBytes;
  return fitsInBytes ? null : { level: 'note', evidence, consequence: '' };
}

function narrowerBytes({ type: from }: Column, { type: to }: Column): Narrower | null {
  if (from.kind !== 'bytes' || to.kind !== 'bytes') return null;
  const [held, holds] = [from.length ?? Number.POSITIVE_INFINITY, to.length ?? Number.POSITIVE_INFINITY];
  if (held <= holds || holds >= ENDLESS) return null;
  const size = (length: number): string =>
    Number.isFinite(length) ? `${formatCount(length)} bytes` : 'any length';
  return {
    level: held >= ENDLESS ? 'warning' : 'failed',
    evidence: `holds ${size(held)}, the target ${size(holds)}`,
    consequence: 'longer values fail, or are cut',
  };
}

function narrowerTime({ type: from }: Column, { type: to }: Column): Narrower | null {
  const isMoment = from.kind === 'datetime' || from.kind === 'instant';
  if (isMoment && to.kind === 'date')
    return {
      level: 'failed',
      evidence: 'holds a time of day, the target days',
      consequence: 'the time of day is lost',
    };
  if (!isMoment || (to.kind !== 'datetime' && to.kind !== 'instant')) return null;
  const [held, holds] = [from.fraction?.digits ?? 6, to.fraction?.digits ?? 6];
  if (held <= holds) return null;
  return {
    level: 'failed',
    evidence: `holds ${held} digits of a second, the target ${holds}`,
    consequence: 'times are rounded',
  };
}

function fewerLabels({ column, facts }: ColumnEnd, target: ColumnEnd): Narrower | null {
  if (target.facts.labels === null || target.column.type.kind === 'set') return null;
  if (facts.labels === null)
    return column.type.kind !== 'text'
      ? null
      : {
          level: 'warning',
          evidence: 'holds any text, the target its labels',
          consequence: 'other texts fail',
        };
  const known = new Set(target.facts.labels);
  const missing = facts.labels.filter((label) => !known.has(label));
  if (missing.length === 0) return null;
  const names = listShortly(missing.map((label) => `'${label}'`));
  return {
    level: 'failed',
    evidence: `the target has no label ${names}`,
    consequence: 'rows with it fail',
  };
}

const REPERTOIRES: Readonly<Record<string, string>> = {
  all: 'all of Unicode',
  basic: 'the basic plane of Unicode',
};

/** A character set that is older than Unicode holds what it is named for, and another one by another name something else. */
function fewerCharacters(
  { facts: { repertoire: from } }: ColumnEnd,
  { facts: { repertoire: to } }: ColumnEnd,
): Narrower | null {
  if (from === null || to === null || from === to || to === 'all' || from === 'ascii' || from === 'us7ascii')
    return null;
  if (to === 'basic' && from !== 'all') return null;
  const name = (set: string): string => REPERTOIRES[set] ?? `the characters of ${set}`;
  return {
    level: 'failed',
    evidence: `holds ${name(from)}, the target ${name(to)}`,
    consequence:
      to === 'basic' ? 'emoji and rare characters fail, or are lost' : 'other characters fail, or are lost',
  };
}

/** Texts may hold anything, and other types only what they are for. */
function otherKind(
  { type: from, declared }: Column,
  { type: to, declared: target }: Column,
): Narrower | null {
  if (from.kind !== 'text') return null;
  if (
    !isNumber(to) &&
    to.kind !== 'json' &&
    to.kind !== 'date' &&
    to.kind !== 'datetime' &&
    to.kind !== 'instant'
  )
    return null;
  return {
    level: to.kind === 'json' ? 'warning' : 'failed',
    evidence: `${declared} on the source, ${target} on the target`,
    consequence: 'texts that are no such value fail',
  };
}
