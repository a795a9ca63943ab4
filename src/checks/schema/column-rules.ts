import type { FindingLevel } from '../../core/gate/check.js';
import type { ColumnDefault } from '../../core/gate/column-facts.js';
import type { ColumnEnd } from './column-types.js';
import type { Narrower } from './narrower-number.js';
import { plainWords, shortWords } from './server-words.js';

/** What a column pair is compared beside. */
export interface RuleContext {
  readonly isSameEngine: boolean;
  /** Whether a trigger acts before rows of the target are changed, which may do what the target's column does not. */
  readonly hasTrigger: boolean;
}

/** Compares what columns do with a row: refuse NULL, fill themselves, number rows. */
export function findOtherRules(
  source: ColumnEnd,
  target: ColumnEnd,
  context: RuleContext,
): readonly Narrower[] {
  return [
    otherNull(source, target),
    otherGenerated(source, target),
    otherIdentity(source, target),
    otherDefault(source, target, context),
    untouched(source, target, context),
  ].filter((found) => found !== null);
}

const level = (level: FindingLevel, evidence: string, consequence = ''): Narrower => ({
  level,
  evidence,
  consequence,
});

function otherNull({ column: from }: ColumnEnd, { column: to }: ColumnEnd): Narrower | null {
  if (from.nullable === to.nullable) return null;
  return to.nullable
    ? level('warning', 'NOT NULL on the source alone', 'the target takes NULL, which the source refuses')
    : level('failed', 'NOT NULL on the target alone', 'rows with NULL in it fail');
}

function otherGenerated({ column: from }: ColumnEnd, { column: to }: ColumnEnd): Narrower | null {
  if (from.generated === to.generated) return null;
  return to.generated
    ? level('failed', 'the target computes it, the source does not', 'writes that give it a value fail')
    : level('failed', 'the source computes it, the target does not', 'nobody fills it in new rows');
}

function otherIdentity({ column: from }: ColumnEnd, { column: to }: ColumnEnd): Narrower | null {
  if (to.identity !== 'always' || from.identity === 'always') return null;
  return level('warning', 'GENERATED ALWAYS on the target alone', 'inserts that give it a number fail');
}

/** What the server says of each default, for people. */
function nameDefault(given: ColumnDefault): string {
  switch (given.kind) {
    case 'none':
      return 'no default';
    case 'value':
      return `default '${shortWords(given.value)}'`;
    case 'now':
      return 'the time of the insert';
    case 'number':
      return 'the next number';
    case 'expression':
      return `default ${shortWords(given.text)}`;
  }
}

function otherDefault(source: ColumnEnd, target: ColumnEnd, context: RuleContext): Narrower | null {
  const [from, to] = [source.facts.default, target.facts.default];
  if (source.column.generated || target.column.generated || isSameDefault(from, to, context)) return null;
  const evidence = `${nameDefault(from)} on the source, ${nameDefault(to)} on the target`;
  if (from.kind === 'none')
    return source.column.nullable
      ? level('warning', evidence, 'inserts that leave it out get another value')
      : level('note', evidence);
  if (to.kind === 'none') {
    if (context.hasTrigger) return level('note', `${evidence}; a trigger of the target may fill it`);
    return !target.column.nullable
      ? level('failed', evidence, 'inserts that leave it out fail')
      : level('warning', evidence, 'inserts that leave it out get NULL');
  }
  const cannotTell = !context.isSameEngine && (from.kind === 'expression' || to.kind === 'expression');
  return cannotTell
    ? level('note', evidence)
    : level('warning', evidence, 'inserts that leave it out get another value');
}

function isSameDefault(from: ColumnDefault, to: ColumnDefault, { isSameEngine }: RuleContext): boolean {
  if (from.kind === 'value' && to.kind === 'value') return plainValue(from.value) === plainValue(to.value);
  if (from.kind === 'expression' && to.kind === 'expression')
    return isSameEngine && plainWords(from.text) === plainWords(to.text);
  return from.kind === to.kind;
}

/** `1`, `1.00` and `true` are one value in columns of some type. */
function plainValue(value: string): string {
  if (/^(true|t)$/i.test(value)) return '1';
  if (/^(false|f)$/i.test(value)) return '0';
  if (!/^-?\d+(\.\d+)?$/.test(value)) return value;
  return value
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replace(/^(-?)0+(?=\d)/, '$1');
}

/** Columns that the server itself writes the time of each change into. */
function untouched(
  { facts: from }: ColumnEnd,
  { facts: to }: ColumnEnd,
  { hasTrigger }: RuleContext,
): Narrower | null {
  if (from.isTouched === to.isTouched) return null;
  if (!from.isTouched)
    return level('warning', 'ON UPDATE CURRENT_TIMESTAMP on the target alone', 'changes overwrite it');
  return hasTrigger
    ? level('note', 'ON UPDATE CURRENT_TIMESTAMP on the source; a trigger of the target may write it')
    : level(
        'warning',
        'ON UPDATE CURRENT_TIMESTAMP on the source alone',
        'it no longer says when a row was changed',
      );
}
