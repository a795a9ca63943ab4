import { nameOptions } from './option.js';

const group = 'The gate:';
const insteadInFile = 'It is a flag of rowproof preflight and rowproof cutover.';
const insteadInProgram = 'Say it to runGate.';
const page = 'may-we-switch.md';
const both = ['preflight', 'cutover'] as const;
const cutover = ['cutover'] as const;

/** The options of `rowproof preflight` and `rowproof cutover` alone. */
export const GATE_OPTIONS = nameOptions({
  after: {
    group,
    kind: { is: 'switch' },
    help: 'The application runs on the target: is the old source at rest, and all of the target at work?',
    commands: cutover,
    ...{ insteadInFile, insteadInProgram, page },
  },
  rows: {
    group,
    kind: { is: 'path' },
    form: 'RUN.json',
    help: 'Take the rows from a result of verify with the same flags, instead of reading them now',
    commands: cutover,
    ...{ insteadInFile, insteadInProgram, page },
  },
  accept: {
    group,
    kind: { is: 'text' },
    form: 'CHECK:SUBJECT=REASON',
    typed: "'leftovers:public._orders_gho=drop on Monday'",
    help: 'Go on in spite of a finding, which is printed with the reason; repeatable',
    commands: both,
    ...{ insteadInFile: 'Write it into the waivers file, with owner and expiry.', insteadInProgram, page },
  },
  strict: {
    group,
    kind: { is: 'switch' },
    help: 'Warnings close the gate too',
    commands: both,
    ...{ insteadInFile, insteadInProgram, page },
  },
  deep: {
    group,
    kind: { is: 'switch' },
    help: 'Read rows to find out what catalogs do not say: orphans, rows that a constraint would refuse',
    commands: both,
    ...{ insteadInFile, insteadInProgram, page },
  },
  application: {
    group,
    kind: { is: 'url' },
    form: 'URL',
    help: 'Log in to the target as the application does, and see what it may do there',
    commands: both,
    ...{ insteadInFile, insteadInProgram, page },
  },
  leftovers: {
    group,
    kind: { is: 'path' },
    form: 'FILE',
    help: 'More names by which tools leave things behind, a line each: KIND NAME TOOL, as in table _{table}_copy copier',
    commands: both,
    ...{ insteadInFile, insteadInProgram, page: 'checks.md#leftovers' },
  },
  fixes: {
    group,
    kind: { is: 'path' },
    form: 'DIR',
    help: 'Write fixes.source.sql and fixes.target.sql there: what only adds is to be run, the rest is commented out',
    commands: both,
    ...{ insteadInFile, insteadInProgram, page },
  },
  runbook: {
    group,
    kind: { is: 'path' },
    form: 'PATH',
    help: 'Write the steps of the switch for this very pair, in order, with the way back, as Markdown',
    commands: both,
    ...{ insteadInFile, insteadInProgram, page },
  },
  grants: {
    group,
    kind: { is: 'switch' },
    help: 'Only print the least grants for a full gate, a block for each side',
    commands: ['preflight'],
    ...{ insteadInFile, insteadInProgram, page },
  },
});
