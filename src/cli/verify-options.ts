import type { Options } from 'yargs';
import { MATCH_NAMES } from '../config/run-config.js';
import { flag, list, text } from './option-forms.js';

const WHAT = 'What to compare (names are those of the source):';
const HOW = 'How to compare:';
const LOAD = 'How gentle to be with the servers:';
const OUTPUT = 'Output:';

/** The flags that say where a result goes and how it looks. */
const PRESENTATION = {
  report: list(OUTPUT, 'FORMAT[=PATH]: table or json, to stdout or a file (default table)'),
  'show-values': flag(OUTPUT, 'Show values of differing rows (default)'),
  'hide-values': flag(OUTPUT, 'Show keys and column names of differing rows, but no other values'),
  quiet: flag(OUTPUT, 'No progress, and of the table report only the last line'),
  'no-color': flag(OUTPUT, 'No colours, also without NO_COLOR in the environment'),
} as const satisfies Readonly<Record<string, Options>>;

/** The flags of `report`, which renders a saved result again. */
export const REPORT_OPTIONS = PRESENTATION;

/** Flags of `verify` that say how a run goes, and so mean nothing for a plan. */
const RUN_ONLY = [
  'seed',
  'min-rows',
  'chunk-time',
  'differences',
  'repair',
  'report',
  'show-values',
  'hide-values',
  'quiet',
  'no-color',
];

const SIDES = {
  source: text(WHAT, 'URL of the side taken as right'),
  target: text(WHAT, 'URL of the side being checked'),
} as const satisfies Readonly<Record<string, Options>>;

/** The flags of `init`, which writes a config file. */
export const INIT_OPTIONS = {
  ...SIDES,
  output: text(OUTPUT, 'PATH of the file to write (default rowproof.yaml)'),
} as const satisfies Readonly<Record<string, Options>>;

/**
 * The flags of `verify`. None has a default here and numbers stay text: the config is resolved, and wrong values are
 * refused, in one place.
 */
export const VERIFY_OPTIONS = {
  ...SIDES,
  config: text(WHAT, 'PATH of a config file (default rowproof.yaml, if there is one); flags win'),
  'no-config': flag(WHAT, 'Read no config file, not even rowproof.yaml'),
  tables: list(WHAT, 'Only tables that match these globs; names as reports print them'),
  exclude: list(WHAT, 'Leave out tables that match these globs'),
  map: list(WHAT, 'SOURCE=TARGET: pair two tables whose names differ, no globs'),
  'match-names': text(WHAT, `How names pair: ${MATCH_NAMES.join(', ')} (default exact)`),
  columns: list(WHAT, 'TABLE.COLUMN: of this table, compare only such columns; globs too'),
  'ignore-columns': list(WHAT, 'TABLE.COLUMN: leave a column out; "*.updated_at" in every table'),
  where: list(WHAT, 'TABLE:SQL: compare only rows that meet the condition; TABLE may be a glob'),
  'target-where': list(WHAT, 'TABLE:SQL: the same condition, where the target needs other SQL; globs too'),
  key: list(WHAT, 'TABLE:COLUMN,COLUMN: the columns that tell rows of a table apart; TABLE may be a glob'),
  relax: list(
    HOW,
    'TABLE.COLUMN:HOW,…: allow differences; trim, ignoreCase, nullAsEmpty, truncateTo=s, roundTo=s, tolerance=0.01',
  ),
  'source-timezone': text(HOW, 'ZONE of DATETIME and timestamp of the source, against points in time'),
  'target-timezone': text(HOW, 'ZONE of DATETIME and timestamp of the target, against points in time'),
  'uuid-swap': list(HOW, 'TABLE.COLUMN: a binary(16) made by UUID_TO_BIN(x, 1)'),
  mode: text(HOW, 'full: every row (default); spot: a share of the rows; count: numbers of rows'),
  ratio: text(HOW, 'Share of the rows that --mode spot reads, as 5% or 0.05 (default 10%)'),
  'min-rows': text(
    HOW,
    'A run that looked at fewer rows of a side, all tables together, is unverified (exit 3)',
  ),
  workers: text(HOW, 'Chunks or tables that are read at a time (default: one a core, at most 4; limit 64)'),
  'chunk-rows': text(HOW, 'Rows read in one task (default: as many as keep tasks short)'),
  'chunk-time': text(HOW, 'How long a chunk should take, as 200ms or 2s (default 500ms)'),
  'max-rows-per-second': text(LOAD, 'Rows a second that are read of each side, over all workers together'),
  'max-bytes-per-second': text(LOAD, 'Bytes a second that are read of each side, as 500kB, 10MB or 8MiB'),
  'max-load': text(
    LOAD,
    'Pause while more statements than this are at work on a server, those of this run not counted',
  ),
  'checksum-on': text(
    HOW,
    'Who hashes rows: client (default), server (where both servers can), auto (whoever is faster)',
  ),
  seed: text(HOW, 'Seed of the row hash, to repeat a run exactly (default random)'),
  differences: text(OUTPUT, 'PATH: write every differing row, one JSON object a line'),
  repair: text(
    OUTPUT,
    'PATH: write SQL that repairs the target, and what takes it back to PATH.undo.sql (fix.sql: fix.undo.sql)',
  ),
  ...PRESENTATION,
} as const satisfies Readonly<Record<string, Options>>;

/** The flags of `plan`: what would be compared and how, and whether to print it as JSON. */
export const PLAN_OPTIONS: Readonly<Record<string, Options>> = {
  ...Object.fromEntries(Object.entries(VERIFY_OPTIONS).filter(([name]) => !RUN_ONLY.includes(name))),
  json: flag(OUTPUT, 'Print the plan as JSON, format rowproof/plan@1'),
};
