import type { Side } from '../core/pairing.js';
import { parseRelaxation, RELAXATION_FORMS, type Relaxation } from '../core/relaxation.js';
import { findTimeZone } from '../core/time-zone.js';
import { optionError, type RawFlags, readList, readText } from './raw-flags.js';
import type { ColumnPattern, RelaxedColumn, SwappedColumn } from './run-config.js';

/** `--relax T.C:trim,tolerance=0.01`: the last colon divides, since no relaxation holds one. */
export function readRelaxedColumns(flags: RawFlags): readonly RelaxedColumn[] {
  return readList(flags, 'relax').map((text) => {
    const colon = text.lastIndexOf(':');
    const pattern = parseColumnPattern(text.slice(0, Math.max(0, colon)));
    if (pattern === null) {
      throw optionError({
        option: '--relax',
        message: `Expected --relax in the form TABLE.COLUMN:HOW, got ${text}.`,
        hint: `HOW is one or more of ${RELAXATION_FORMS}, with commas between.`,
      });
    }
    return { ...pattern, relaxations: readRelaxations(text.slice(colon + 1).split(',')) };
  });
}

/** Reads the words that a user writes for relaxations; a word that is none ends with a `usage` error. */
export function readRelaxations(words: readonly string[]): readonly Relaxation[] {
  return words.map((word) => {
    const relaxation = parseRelaxation(word);
    if (relaxation !== null) return relaxation;
    throw optionError({
      option: '--relax',
      message: `Expected --relax to say how, got "${word.trim()}".`,
      hint: `It knows ${RELAXATION_FORMS}; a share in % goes from 1e-10% to below 100%.`,
    });
  });
}

/** `--uuid-swap T.C`, or `T.C:source` and `T.C:target` where both sides are binary(16). */
export function readSwappedColumns(flags: RawFlags): readonly SwappedColumn[] {
  return readList(flags, 'uuid-swap').map((text) => {
    const [, name = text, side = 'either'] = /^(.*):(source|target)$/s.exec(text) ?? [];
    const pattern = parseColumnPattern(name);
    if (pattern === null) {
      throw optionError({
        option: '--uuid-swap',
        message: `Expected --uuid-swap in the form TABLE.COLUMN, got ${text}.`,
        hint: 'Where both sides are binary(16), say which one is swapped: TABLE.COLUMN:source.',
      });
    }
    return { ...pattern, side: side === 'source' || side === 'target' ? side : 'either' };
  });
}

/** The time zone of a side's civil times; null where none was given. */
export function readTimeZone(flags: RawFlags, side: Side): string | null {
  const flag = `${side}-timezone`;
  const text = readText(flags, flag);
  if (text === undefined) return null;
  const zone = findTimeZone(text);
  if (zone !== null) return zone;
  throw optionError({
    option: `--${flag}`,
    message: `Expected --${flag} to be a time zone, got ${text}.`,
    hint: 'Write a name such as Europe/Berlin or UTC, or an offset such as +05:30.',
  });
}

/** The last dot divides, since the table may be `schema.table` or a glob. */
export function parseColumnPattern(text: string): ColumnPattern | null {
  const dot = text.lastIndexOf('.');
  if (dot <= 0 || dot === text.length - 1) return null;
  return { table: text.slice(0, dot), column: text.slice(dot + 1) };
}
