import { LOCK_SCOPES } from '../../core/snapshot.js';
import { nameOptions } from './option.js';

const group = 'Beside a live system:';
const part = 'how';
const page = 'live.md';

/** The options about rows that change, and targets that follow behind, while a run reads them. */
export const LIVE_OPTIONS = nameOptions({
  recheckFor: {
    group,
    part,
    kind: { is: 'duration', least: '0s', most: '1d' },
    typed: '60s',
    help: 'Look for so long at rows that differ, before they count as different; 0s: read them twice at once, and no more',
    commands: ['verify', 'watch', 'preflight', 'cutover'],
    otherwise: '60s where somebody writes or the target follows the source, else 0s',
    file: { example: '5m' },
    page,
  },
  snapshot: {
    group,
    part,
    kind: { is: 'switch' },
    help: 'Read each side as of one instant, for as long as nobody on the servers waits for that',
    commands: ['verify'],
    file: { example: true },
    page: 'snapshots.md',
  },
  snapshotLock: {
    group,
    part,
    kind: { is: 'choice', words: LOCK_SCOPES },
    help: 'Lock writers out of tables or of everything (global), 2 s at the most, where only that has all workers read as of one instant',
    otherwise: 'nothing is locked',
    commands: ['verify'],
    file: { example: 'tables' },
    page: 'snapshots.md#with-a-lock',
  },
  pauseReplica: {
    group,
    part,
    kind: { is: 'duration', least: '1s', most: '1d' },
    typed: '10m',
    help: 'Have a target that is a replica (MySQL, MariaDB) apply nothing for so long at the most, to read both sides as of the same instant',
    otherwise: 'it is left alone',
    commands: ['verify'],
    file: { example: '10m' },
    page: 'snapshots.md#both-sides-as-of-the-same-instant',
  },
  maxSnapshotAge: {
    group,
    part,
    kind: { is: 'duration', least: '1s', most: '1d' },
    typed: '1h',
    help: 'Hold a snapshot for so long at the most; what is left then is read without it',
    commands: ['verify'],
    default: '1h',
    file: { example: '30m' },
    page: 'snapshots.md',
  },
  maxLag: {
    group,
    part,
    kind: { is: 'duration', least: '1ms', most: '1d' },
    typed: '5s',
    help: 'Begin only once the target is no further behind than this',
    helpOf: { watch: 'With --until ready: go on until the target is no further behind than this, too' },
    commands: ['verify', 'watch', 'preflight', 'cutover'],
    file: { example: '5s' },
    page,
  },
  maxLagWait: {
    group,
    part,
    kind: { is: 'duration', least: '1s', most: '7d' },
    typed: '30m',
    help: 'Wait for so long at the most for a target that is behind (then exit 3)',
    helpOf: {
      watch: 'Wait for so long at the most for a target that is behind, when rows are looked at again',
    },
    commands: ['verify', 'watch', 'preflight', 'cutover'],
    default: '30m',
    file: { example: '1h' },
    page,
  },
});
