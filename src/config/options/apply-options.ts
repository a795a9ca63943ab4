import { nameOptions } from './option.js';

const WHAT = 'What to apply:';
const HOW = 'How to apply it:';
const OUTPUT = 'Output:';
const commands = ['apply'] as const;

/** The options of `apply`, the only command that writes to a database; no config file has a say in it. */
export const APPLY_OPTIONS = nameOptions({
  target: {
    group: WHAT,
    kind: { is: 'url' },
    help: 'URL of the database that the file was written for',
    commands,
  },
  otherTarget: {
    group: WHAT,
    kind: { is: 'switch' },
    help: 'The target is the one of the file, though its address is another',
    commands,
  },
  yes: { group: HOW, kind: { is: 'switch' }, help: 'Apply without asking', commands },
  dryRun: { group: HOW, kind: { is: 'switch' }, help: 'Only say what would be done', commands },
  lockTimeout: {
    group: HOW,
    kind: { is: 'duration', least: '10ms', most: '600s' },
    typed: '500ms or 5s',
    help: 'How long to wait for a row that somebody has locked',
    default: '5s',
    commands,
  },
  applied: {
    group: WHAT,
    kind: { is: 'path' },
    form: 'PATH',
    help: 'What the client printed as it applied the repair that the undo takes back',
    commands,
  },
  undo: {
    group: HOW,
    kind: { is: 'path' },
    form: 'PATH',
    help: 'Where to write what takes it back',
    otherwise: 'FILE.undo-1.sql, or the next number',
    commands,
  },
  log: {
    group: OUTPUT,
    kind: { is: 'path' },
    form: 'PATH',
    help: 'Add lines of JSON about what is done, without values, - for stderr; ROWPROOF_LOG is the level: error, warn, info (default) or debug',
    commands,
  },
  json: {
    group: OUTPUT,
    kind: { is: 'switch' },
    help: 'Print the result as JSON, format rowproof/apply@1',
    commands,
  },
  quiet: { group: OUTPUT, kind: { is: 'switch' }, help: 'No progress on stderr', commands },
});
