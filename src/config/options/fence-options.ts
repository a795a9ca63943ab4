import { FENCE_ORDERS } from '../run-config.js';
import { nameOptions } from './option.js';

const group = 'Beside a live system:';
const part = 'how';
const commands = ['verify', 'watch', 'plan', 'preflight', 'cutover'] as const;
const page = 'which-fence.md#a-fence-of-your-own';

/** The options that say how it is known that the target has what the source had, where the servers do not say it themselves. */
export const FENCE_OPTIONS = nameOptions({
  fenceTable: {
    group,
    part,
    kind: { is: 'text' },
    form: 'TABLE.COLUMN',
    typed: 'heartbeat.beat',
    help: 'A replicated column whose greatest value grows all the time, to know how far the target is',
    commands,
    file: { example: 'heartbeat.beat' },
    page,
  },
  fenceCommand: {
    group,
    part,
    kind: { is: 'text' },
    form: 'COMMAND',
    typed: '"./beat once"',
    help: 'Run without a shell; it writes a greater value to that column and prints it',
    commands,
    file: { example: './beat once' },
    page,
  },
  fenceOrder: {
    group,
    part,
    kind: { is: 'choice', words: FENCE_ORDERS },
    help: 'What the target applies in the order of the source: the changes of a table, or global, those of all tables',
    default: 'table',
    hint: 'Say global only where all changes are applied in one order.',
    commands,
    file: { example: 'global' },
    page,
  },
});
