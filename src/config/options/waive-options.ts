import { nameOptions } from './option.js';

const WHAT = 'What to waive:';
const WHY = 'Who answers for it:';

/** The options of the commands that accept differences; no config file has a say in it. */
export const WAIVE_OPTIONS = nameOptions({
  rows: {
    group: WHAT,
    kind: { is: 'choice', words: ['all'] },
    help: 'Waive single rows of --differences: all of them, or all of --table',
    commands: ['waive'],
  },
  table: {
    group: WHAT,
    kind: { is: 'names', of: 'table names or globs', least: 1 },
    help: 'Only what differs in these tables, by their names on the target: public.orders',
    commands: ['waive'],
  },
  cause: {
    group: WHAT,
    kind: { is: 'text' },
    form: 'CODE',
    help: 'Waive the rows of a cause that the run proved, such as letter-case, as long as they are not more',
    commands: ['waive'],
  },
  column: {
    group: WHAT,
    kind: { is: 'text' },
    form: 'NAME',
    help: 'Only the cause in this column of the target',
    commands: ['waive'],
  },
  maxRows: {
    group: WHAT,
    kind: { is: 'count', least: 1n, most: 1_000_000n },
    help: 'How many rows a cause may have',
    otherwise: 'as many as in the run',
    commands: ['waive'],
  },
  owner: { group: WHY, kind: { is: 'text' }, help: 'Who answers for it', commands: ['waive'] },
  reason: { group: WHY, kind: { is: 'text' }, help: 'Why it is accepted', commands: ['waive'] },
  expires: {
    group: WHY,
    kind: { is: 'text' },
    form: 'YYYY-MM-DD',
    help: 'The last day, in UTC, on which it holds; within a year',
    commands: ['waive'],
  },
  because: {
    group: WHY,
    kind: { is: 'text' },
    help: 'Why these differences are accepted as known',
    commands: ['baseline'],
  },
});
