import { nameOptions } from './option.js';

const group = 'Runs in parts:';
const page = 'parts.md';

/** The options by which a run is divided, and its parts are read. */
export const PART_OPTIONS = nameOptions({
  parts: {
    group,
    kind: { is: 'count', least: 1n, most: 10_000n },
    help: 'Divide the run into so many parts, fixed in the file of --output',
    commands: ['plan'],
    insteadInFile: 'It is a flag of rowproof plan.',
    insteadInProgram: 'Say it to planRun: { parts: 16 }.',
    page,
  },
  plan: {
    group,
    kind: { is: 'path' },
    form: 'PATH',
    help: 'Read one part of the run that rowproof plan --parts divided; what is compared comes from there',
    commands: ['verify'],
    insteadInFile: 'It is a flag of rowproof verify: a plan says what is compared, not a config file.',
    insteadInProgram: 'Give the run a sitting with a share: verify(config, { sitting }).',
    page,
  },
  part: {
    group,
    kind: { is: 'count', least: 1n, most: 10_000n },
    help: 'Which part of the plan to read, from 1; JOB_COMPLETION_INDEX is taken where it is not said',
    commands: ['verify'],
    insteadInFile: 'It is a flag of rowproof verify.',
    insteadInProgram: 'Give the run a sitting with a share: verify(config, { sitting }).',
    page,
  },
});
