import { z } from 'zod';
import { parseRelaxation, RELAXATION_FORMS } from '../core/relaxation.js';
import { findTimeZone } from '../core/time-zone.js';
import type { NamesKind, QuantityKind, SettingKind } from './options/option.js';
import { parseQuantity, parseRatio } from './options/quantities.js';

/** A text that says something; `$` names stay in it, since an editor sees them before they are replaced. */
export const text = (expected = 'a text') =>
  z.string({ error: `expected ${expected}` }).refine((value) => value.trim() !== '', {
    error: `expected ${expected}`,
  });

/** A list whose items are texts, or what `item` says. */
const list = (expected: string, item = text()) => z.array(item, { error: `expected ${expected}` });

/** One of a few words. */
const choice = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, { error: `expected one of ${words.join(', ')}` });

/** True or false. */
const flag = () => z.boolean({ error: 'expected true or false' });

/** A list that says something: where one is given, it holds at least one item. */
const someOf = (expected: string, item = text()) =>
  list(expected, item).min(1, { error: `expected ${expected}` });

/** A list of at least one word, in which none comes twice. */
const distinct = (expected: string) =>
  someOf(expected).refine((words) => repeated(words) === undefined, {
    error: ({ input }) => `expected ${expected}, each once, got ${repeated(input as string[])} twice`,
  });

function repeated(words: readonly string[]): string | undefined {
  return words.find((word, index) => words.indexOf(word) !== index);
}

/** Also a text of digits, which is what a variable of the environment gives. */
function wholeNumber(least: bigint, most: bigint) {
  const error = `expected a whole number from ${least} to ${most}`;
  const limits = most > Number.MAX_SAFE_INTEGER ? {} : { maximum: Number(most) };
  const digits = z.bigint().meta({ type: 'integer', minimum: Number(least), ...limits });
  return z.union([digits, z.string()], { error }).refine(
    (value) => {
      if (typeof value === 'string' && !/^\d{1,30}$/.test(value)) return false;
      return BigInt(value) >= least && BigInt(value) <= most;
    },
    { error },
  );
}

/** A share of the rows, as a number or as the flag spells it. */
function ratio() {
  const error = 'expected a share of the rows such as 10% or 0.1';
  const whole = z.bigint().meta({ type: 'integer' });
  return z
    .union([z.number(), whole, z.string()], { error })
    .refine((value) => parseRatio(String(value)) !== null, { error });
}

const QUANTITIES: Readonly<Record<QuantityKind['is'], string>> = {
  duration: 'a time such as 500ms or 2s',
  byteRate: 'a size such as 500kB or 10MB',
};

/** A number with a unit, which a flag says in the same words. */
function quantity(kind: QuantityKind) {
  const what = QUANTITIES[kind.is];
  return text(what).refine((value) => parseQuantity(value, kind) !== null, { error: `expected ${what}` });
}

/** Columns of tables, by patterns. */
const columnPatterns = (least: 0 | 1) => {
  const item = text('TABLE.COLUMN').refine((value) => /^.+\.[^.]+$/s.test(value), {
    error: 'expected TABLE.COLUMN',
  });
  const patterns = list('a list of TABLE.COLUMN', item);
  return least === 0 ? patterns : patterns.min(1, { error: 'expected a list of TABLE.COLUMN' });
};

const isRelaxation = (word: string): boolean => parseRelaxation(word) !== null;

/** What is relaxed of the columns of one table. */
const relaxations = () => {
  const error = `expected a list of ${RELAXATION_FORMS}`;
  const item = text('a relaxation').refine(isRelaxation, { error: `expected ${RELAXATION_FORMS}` });
  return z.record(z.string(), someOf(error.replace('expected ', ''), item), {
    error: 'expected COLUMN: [HOW] pairs',
  });
};

/** What is relaxed of columns of tables, in the words of the flag. */
const relaxedColumns = () => {
  const item = text('TABLE.COLUMN:HOW').refine(
    (value) => {
      const [, words] = /^.+\.[^.]+:([^:]+)$/s.exec(value) ?? [];
      return words?.split(',').every(isRelaxation) ?? false;
    },
    { error: `expected TABLE.COLUMN:HOW, HOW being ${RELAXATION_FORMS}` },
  );
  return list('a list of TABLE.COLUMN:HOW', item);
};

/** A time zone that is known here. */
const timeZone = () =>
  text('a time zone').refine((value) => findTimeZone(value) !== null, {
    error: 'expected a time zone such as Europe/Berlin, UTC or +05:30',
  });

/** Names of the source with their partners, each partner once. */
const names = (expected: string) => {
  const error = `expected ${expected}`;
  return z
    .record(z.string(), text('the name of the target'), { error })
    .refine((mapping) => repeated(Object.values(mapping)) === undefined, {
      error: ({ input }) =>
        `${error}, each target once, got ${repeated(Object.values(input as Record<string, string>))} twice`,
    });
};

function words({ of, least, distinct: each }: NamesKind) {
  if (each) return distinct(`a list of ${of}`);
  return least === 0 ? list(`a list of ${of}`) : someOf(`a list of ${of}`);
}

/** What a file may say in the place of a value of a kind. */
export function formOf(kind: SettingKind): z.ZodType {
  switch (kind.is) {
    case 'switch':
      return flag();
    case 'url':
      return text('a URL');
    case 'path':
      return text('a path');
    case 'text':
    case 'byTable':
      return text();
    case 'timeZone':
      return timeZone();
    case 'ratio':
      return ratio();
    case 'count':
      return wholeNumber(kind.least, kind.most);
    case 'duration':
    case 'byteRate':
      return quantity(kind);
    case 'choice':
      return choice(kind.words);
    case 'names':
      return words(kind);
    case 'mapping':
      return names(`SOURCE: TARGET pairs of ${kind.of}`);
    case 'columns':
      return columnPatterns(kind.least);
    case 'relaxedColumns':
      return relaxedColumns();
    case 'relaxations':
      return relaxations();
    case 'reports':
      return list('a list of FORMAT or FORMAT=PATH');
  }
}
