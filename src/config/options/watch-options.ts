import { nameOptions } from './option.js';

const group = 'How to watch:';
const commands = ['watch'] as const;
const insteadInFile = 'It is a flag of rowproof watch.';
const insteadInProgram = 'Call verify as often as you like.';
const page = 'watch.md';

/** The words of `--until`. */
export const UNTIL = ['stopped', 'ready'] as const;

/** The options of `rowproof watch` alone. */
export const WATCH_OPTIONS = nameOptions({
  passEvery: {
    group,
    kind: { is: 'duration', least: '0s', most: '30d' },
    typed: '10m',
    help: 'Time between the begins of two whole passes; at once where a pass took longer',
    default: '10m',
    commands,
    insteadInFile,
    insteadInProgram,
    page,
  },
  lookEvery: {
    group,
    kind: { is: 'duration', least: '100ms', most: '1d' },
    typed: '30s',
    help: 'Time between two looks at the rows that differed, between whole passes',
    default: '30s',
    commands,
    insteadInFile,
    insteadInProgram,
    page,
  },
  until: {
    group,
    kind: { is: 'choice', words: UNTIL },
    help: 'When to end: ready (a whole pass found all equal, and the lag is below --max-lag; exit 0), stopped',
    default: 'stopped',
    hint: 'ready ends once it is time to switch; stopped goes on until somebody stops it.',
    commands,
    insteadInFile,
    insteadInProgram,
    page,
  },
  untilTimeout: {
    group,
    kind: { is: 'duration', least: '1s', most: '24d' },
    typed: '8h',
    help: 'With --until ready: end after this time, with the reason why it is not (exit 3)',
    commands,
    insteadInFile,
    insteadInProgram,
    page,
  },
  stopOnDifference: {
    group,
    kind: { is: 'switch' },
    help: 'End after the first pass or look that confirms a difference (exit 1)',
    commands,
    insteadInFile,
    insteadInProgram,
    page,
  },
  state: {
    group,
    kind: { is: 'path' },
    form: 'FILE',
    help: 'Keep a small JSON file for probes: verdict, since when, position, lag, who watches',
    commands,
    insteadInFile,
    insteadInProgram,
    page,
  },
  takeOverAfter: {
    group,
    kind: { is: 'duration', least: '1s', most: '1h' },
    typed: '30s',
    help: 'On standby: take over once the process that watches has given no sign for so long',
    default: '30s',
    commands,
    insteadInFile,
    insteadInProgram,
    page,
  },
});
