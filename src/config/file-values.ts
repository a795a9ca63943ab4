import { z } from 'zod';
import { parseRelaxation, RELAXATION_FORMS } from '../core/relaxation.js';
import { findTimeZone } from '../core/time-zone.js';
import { parseRatio } from './resolve-flags.js';

/** A text that says something; `$` names stay in it, since an editor sees them before they are replaced. */
export const text = (expected = 'a text') =>
  z.string({ error: `expected ${expected}` }).refine((value) => value.trim() !== '', {
    error: `expected ${expected}`,
  });

/** A list whose items are texts, or what `item` says. */
export const list = (expected: string, item = text()) => z.array(item, { error: `expected ${expected}` });

/** One of a few words. */
export const choice = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, { error: `expected one of ${words.join(', ')}` });

/** True or false. */
export const flag = () => z.boolean({ error: 'expected true or false' });

/** A list that says something: where one is given, it holds at least one item. */
export const someOf = (expected: string, item = text()) =>
  list(expected, item).min(1, { error: `expected ${expected}` });

/** A list of at least one word, in which none comes twice. */
export const distinct = (expected: string) =>
  someOf(expected).refine((words) => repeated(words) === undefined, {
    error: ({ input }) => `expected ${expected}, each once, got ${repeated(input as string[])} twice`,
  });

function repeated(words: readonly string[]): string | undefined {
  return words.find((word, index) => words.indexOf(word) !== index);
}

/** Also a text of digits, which is what a variable of the environment gives. */
export function wholeNumber(least: bigint, most: bigint) {
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
export function ratio() {
  const error = 'expected a share of the rows such as 10% or 0.1';
  const whole = z.bigint().meta({ type: 'integer' });
  return z
    .union([z.number(), whole, z.string()], { error })
    .refine((value) => parseRatio(String(value)) !== null, { error });
}

/** A number with a unit, which a flag says in the same words. */
export function written(what: string, parse: (text: string) => number | null) {
  const error = `expected ${what}`;
  return text(what).refine((value) => parse(value) !== null, { error });
}

/** Columns of tables, by patterns. */
export const columnPatterns = () => {
  const item = text('TABLE.COLUMN').refine((value) => /^.+\.[^.]+$/s.test(value), {
    error: 'expected TABLE.COLUMN',
  });
  return list('a list of TABLE.COLUMN', item);
};

const isRelaxation = (word: string): boolean => parseRelaxation(word) !== null;

/** What is relaxed of the columns of one table. */
export const relaxations = () => {
  const error = `expected a list of ${RELAXATION_FORMS}`;
  const item = text('a relaxation').refine(isRelaxation, { error: `expected ${RELAXATION_FORMS}` });
  return z.record(z.string(), someOf(error.replace('expected ', ''), item), {
    error: 'expected COLUMN: [HOW] pairs',
  });
};

/** What is relaxed of columns of tables, in the words of the flag. */
export const relaxedColumns = () => {
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
export const timeZone = () =>
  text('a time zone').refine((value) => findTimeZone(value) !== null, {
    error: 'expected a time zone such as Europe/Berlin, UTC or +05:30',
  });

/** Names of the source with their partners, each partner once. */
export const names = (expected: string) => {
  const error = `expected ${expected}`;
  return z
    .record(z.string(), text('the name of the target'), { error })
    .refine((mapping) => repeated(Object.values(mapping)) === undefined, {
      error: ({ input }) =>
        `${error}, each target once, got ${repeated(Object.values(input as Record<string, string>))} twice`,
    });
};
