import { REPORT_FORMAT_NAMES } from '../../core/report-format.js';
import { nameOptions } from './option.js';

const group = 'Output:';
const part = 'how';

/** The options that say where results go and how they look. */
export const OUTPUT_OPTIONS = nameOptions({
  differences: {
    group,
    part,
    kind: { is: 'path' },
    form: 'PATH',
    help: 'Write every differing row, one JSON object a line',
    helpOf: { report: 'Read the rows that verify --differences wrote, for a report that shows rows' },
    commands: ['verify', 'report'],
    file: { example: 'differences.ndjson' },
    insteadInProgram: 'Read outcome.differences().',
    page: 'reports-and-formats.md',
  },
  repair: {
    group,
    part,
    kind: { is: 'path' },
    form: 'PATH',
    help: 'Write SQL that repairs the target, and what takes it back to PATH.undo.sql (fix.sql: fix.undo.sql)',
    commands: ['verify'],
    file: { example: 'repair.sql' },
    insteadInProgram: 'Repair SQL is written by rowproof verify --repair.',
    page: 'repair.md',
  },
  report: {
    group,
    part,
    kind: { is: 'reports', formats: [...REPORT_FORMAT_NAMES] },
    form: 'FORMAT[=PATH]',
    help: `${REPORT_FORMAT_NAMES.slice(0, -1).join(', ')} or ${REPORT_FORMAT_NAMES.at(-1)}, to stdout or a file`,
    default: 'table',
    commands: ['verify', 'report'],
    file: { example: ['table', 'json=run.json'] },
    insteadInProgram: 'Write what formatReport(outcome.result, { format }) returns.',
    page: 'reports-and-formats.md',
  },
  showValues: {
    group,
    part,
    kind: { is: 'switch' },
    help: 'Show values of differing rows (default)',
    off: {
      flag: 'hide-values',
      help: 'Show keys and column names of differing rows, but no other values',
    },
    commands: ['verify', 'report'],
    file: { example: false },
  },
  quiet: {
    group,
    part,
    kind: { is: 'switch' },
    help: 'No progress, and of the table report only the last line',
    commands: ['verify', 'report'],
    file: { example: true },
    insteadInProgram: 'A run prints nothing: it tells its listener of events.',
  },
  noColor: {
    group,
    part,
    kind: { is: 'switch' },
    help: 'No colours, also without NO_COLOR in the environment',
    commands: ['verify', 'report'],
    file: { example: true },
    insteadInProgram: 'Say it to formatReport: { color: false }.',
  },
  json: {
    group,
    kind: { is: 'switch' },
    help: 'Print the plan as JSON, format rowproof/plan@1',
    commands: ['plan'],
    insteadInFile: 'It is a flag of rowproof plan.',
    insteadInProgram: 'Write what planRun(config) resolves with.',
  },
  output: {
    group,
    kind: { is: 'path' },
    form: 'PATH',
    help: 'The file to write',
    default: 'rowproof.yaml',
    commands: ['init'],
  },
});
