import { nameOptions } from './option.js';

const group = 'How gentle to be with the servers:';
const part = 'how';
const commands = ['verify', 'watch', 'resume', 'plan', 'preflight', 'cutover'] as const;
const page = 'load.md';

/** The options that limit what a run asks of the servers; without them nothing does. */
export const LOAD_OPTIONS = nameOptions({
  maxRowsPerSecond: {
    group,
    part,
    kind: { is: 'count', least: 1n, most: 1_000_000_000n },
    help: 'Rows a second that are read of each side, over all workers together',
    commands,
    file: { example: 20_000 },
    page,
  },
  maxBytesPerSecond: {
    group,
    part,
    kind: { is: 'byteRate', least: '1kB', most: '1000GB' },
    typed: '500kB, 10MB or 8MiB',
    help: 'Bytes a second that are read of each side, over all workers together',
    commands,
    file: { example: '10MB' },
    page,
  },
  maxLoad: {
    group,
    part,
    kind: { is: 'count', least: 1n, most: 100_000n },
    help: 'Pause while more statements than this are at work on a server, those of this run not counted',
    commands,
    file: { example: 25 },
    page,
  },
});
