import type { ColumnFacts } from '../../core/gate/column-facts.js';
import type { Column, TextType } from '../../core/schema.js';
import { formatCount } from '../../words/number-text.js';
import { type Narrower, narrowerNumber } from './narrower-number.js';
import { isNumber } from './number-reach.js';
import { listShortly } from './paired.js';

/** One end of a column pair. */
export interface ColumnEnd {
  readonly column: Column;
  readonly facts: ColumnFacts;
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
