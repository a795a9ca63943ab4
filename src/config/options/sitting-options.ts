import { nameOptions } from './option.js';

const group = 'Runs that are stopped:';
const part = 'how';
const page = 'resume.md';

/** The options by which a run can be stopped, and go on in another process. */
export const SITTING_OPTIONS = nameOptions({
  journal: {
    group,
    part,
    kind: { is: 'path' },
    form: 'DIR',
    help: 'Keep in DIR what the run learns, so that rowproof resume can go on after a stop',
    helpOf: { resume: 'The folder in which the run was kept', runs: 'The folder in which runs are kept' },
    otherwise: '$XDG_STATE_HOME/rowproof, or ~/.local/state/rowproof',
    commands: ['verify', 'resume', 'runs'],
    file: { example: '/var/lib/rowproof' },
    insteadInProgram: 'Give the run a sitting: verify(config, { sitting }).',
    page,
  },
  noJournal: {
    group,
    kind: { is: 'switch' },
    help: 'Keep nothing of the run: it cannot be resumed',
    commands: ['verify'],
    insteadInFile: 'It is a flag of rowproof verify.',
    insteadInProgram: 'A run keeps nothing unless it is given a sitting.',
    page,
  },
  only: {
    group,
    kind: { is: 'path' },
    form: 'RUN.json',
    help: 'Read again only what differed, or was not compared, in the run with this JSON result; its journal must be there',
    commands: ['verify'],
    insteadInFile: 'It is a flag of rowproof verify.',
    insteadInProgram: 'Give the run a sitting with what an earlier one found.',
    page,
  },
  maxRuntime: {
    group,
    part,
    kind: { is: 'duration', least: '1s', most: '30d' },
    typed: '90m or 4h',
    help: 'Stop cleanly after this time (exit 3); rowproof resume goes on',
    commands: ['verify', 'resume'],
    file: { example: '4h' },
    page,
  },
  rotate: {
    group,
    kind: { is: 'switch' },
    help: 'Read for --max-runtime what was compared longest ago, and the rest another night; needs --journal',
    commands: ['verify'],
    insteadInFile: 'It is a flag of rowproof verify.',
    insteadInProgram: 'Give the run a sitting with a rotation.',
    page,
  },
  proveWithin: {
    group,
    kind: { is: 'duration', least: '1m', most: '3650d' },
    typed: '14d',
    help: 'With --rotate: unverified (exit 3) where something was not compared for longer than this',
    commands: ['verify'],
    insteadInFile: 'It is a flag of rowproof verify.',
    insteadInProgram: 'Give the run a sitting with a rotation.',
    page,
  },
  sameData: {
    group,
    kind: { is: 'switch' },
    help: 'Go on although other servers answer: they hold the same data, as after a failover',
    commands: ['verify', 'resume', 'merge'],
    insteadInFile: 'It is a flag of rowproof resume.',
    insteadInProgram: 'Say so in the sitting: { isSameData: true }.',
    page,
  },
  delete: {
    group,
    kind: { is: 'text' },
    form: 'RUN',
    help: 'Delete what is kept of this run; all: of every run that is not at work',
    commands: ['runs'],
    insteadInFile: 'It is a flag of rowproof runs.',
    insteadInProgram: 'Delete the folder of the run.',
    page,
  },
});
