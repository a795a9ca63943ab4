import { z } from 'zod';
import { CHECKSUM_PLACES } from '../core/checksum-place.js';
import {
  choice,
  columnPatterns,
  distinct,
  flag,
  list,
  names,
  ratio,
  relaxations,
  relaxedColumns,
  someOf,
  text,
  timeZone,
  wholeNumber,
  written,
} from './file-values.js';
import { MOST_LOAD, MOST_ROWS_PER_SECOND, parseByteRate, parseChunkTime } from './load-flags.js';
import { MODES, MOST_CHUNK_ROWS, MOST_MIN_ROWS, MOST_SEED, MOST_WORKERS } from './resolve-flags.js';
import { MATCH_NAMES } from './run-config.js';

/** What a config file may say of one table, by the table's name on the source. */
export const TABLE_SETTINGS = z.strictObject(
  {
    target: text()
      .optional()
      .meta({ description: 'Its name on the target; not below a glob.', examples: ['orders'] }),
    key: distinct('a list of columns')
      .optional()
      .meta({ description: 'The unique columns to walk the table by, in order.', examples: [['id']] }),
    where: text()
      .optional()
      .meta({ description: 'Compare only rows that meet this SQL condition.', examples: ['id > 1000'] }),
    targetWhere: text()
      .optional()
      .meta({
        description: 'The same condition, where the target needs other SQL.',
        examples: ['"id" > 1000'],
      }),
    columns: someOf('a list of columns')
      .optional()
      .meta({ description: 'Compare only these columns (globs).', examples: [['id', 'total*']] }),
    ignoreColumns: list('a list of columns')
      .optional()
      .meta({ description: 'Leave these columns out (globs).', examples: [['updated_at']] }),
    columnMap: names('SOURCE: TARGET pairs of columns')
      .optional()
      .meta({ description: 'Columns whose names differ, SOURCE: TARGET.', examples: [{ note: 'remark' }] }),
    mode: choice(MODES)
      .optional()
      .meta({ description: 'How much of this table is checked: full, spot or count.', examples: ['spot'] }),
    ratio: ratio()
      .optional()
      .meta({ description: 'Share of its rows that mode spot reads.', examples: ['5%'] }),
    minRows: wholeNumber(1n, MOST_MIN_ROWS)
      .optional()
      .meta({
        description: 'Rows of it that must have been looked at on each side, else it is unverified.',
        examples: [1000],
      }),
    relax: relaxations()
      .optional()
      .meta({
        description: 'Ways in which the values of a column may differ.',
        examples: [{ name: ['trim', 'ignoreCase'], price: ['tolerance=0.01'] }],
      }),
    uuidSwap: list('a list of columns')
      .optional()
      .meta({
        description: 'binary(16) columns that were made by UUID_TO_BIN(x, 1).',
        examples: [['id']],
      }),
  },
  { error: 'expected the settings of a table' },
);

export type TableSettings = z.infer<typeof TABLE_SETTINGS>;

/** What a config file may say. Keys are the flags of `verify` in camel case; `examples` go into what `init` writes. */
export const CONFIG_FILE = z.strictObject(
  {
    source: text('a URL').optional().meta({ description: 'URL of the side taken as right.' }),
    target: text('a URL').optional().meta({ description: 'URL of the side being checked.' }),
    tables: someOf('a list of table names or globs')
      .optional()
      .meta({ description: 'Only tables that match these globs.', examples: [['orders', 'order_*']] }),
    exclude: list('a list of table names or globs')
      .optional()
      .meta({ description: 'Leave out tables that match these globs.', examples: [['*_log']] }),
    map: names('SOURCE: TARGET pairs of tables')
      .optional()
      .meta({
        description: 'Tables whose names differ, SOURCE: TARGET; no globs.',
        examples: [{ Clients: 'customers' }],
      }),
    matchNames: choice(MATCH_NAMES)
      .optional()
      .meta({
        description:
          'How other names pair: exact (default), ignore-case, or snake-case (AlbumId with album_id).',
        examples: ['snake-case'],
      }),
    columns: columnPatterns()
      .min(1, { error: 'expected a list of TABLE.COLUMN' })
      .optional()
      .meta({
        description: 'TABLE.COLUMN: of this table, compare only such columns; globs too.',
        examples: [['orders.id']],
      }),
    ignoreColumns: columnPatterns()
      .optional()
      .meta({
        description: 'TABLE.COLUMN: leave a column out; "*.updated_at" in every table.',
        examples: [['*.updated_at']],
      }),
    tableSettings: z
      .record(z.string(), TABLE_SETTINGS, { error: 'expected settings by the names of tables' })
      .optional()
      .meta({
        description: 'Settings of tables, by their names on the source or globs; a name wins over a glob.',
      }),
    relax: relaxedColumns()
      .optional()
      .meta({
        description: 'TABLE.COLUMN:HOW: ways in which values may differ; globs too.',
        examples: [['*.email:trim,ignoreCase']],
      }),
    uuidSwap: columnPatterns()
      .optional()
      .meta({
        description: 'TABLE.COLUMN: a binary(16) that was made by UUID_TO_BIN(x, 1); globs too.',
        examples: [['orders.id']],
      }),
    sourceTimezone: timeZone()
      .optional()
      .meta({
        description:
          'Time zone of DATETIME and timestamp of the source, where the target has points in time.',
        examples: ['Europe/Berlin'],
      }),
    targetTimezone: timeZone()
      .optional()
      .meta({
        description:
          'Time zone of DATETIME and timestamp of the target, where the source has points in time.',
        examples: ['UTC'],
      }),
    mode: choice(MODES)
      .optional()
      .meta({
        description: 'full: every row (default); spot: a share of the rows; count: numbers of rows.',
        examples: ['spot'],
      }),
    ratio: ratio()
      .optional()
      .meta({ description: 'Share of the rows that mode spot reads (default 10%).', examples: ['5%'] }),
    minRows: wholeNumber(1n, MOST_MIN_ROWS)
      .optional()
      .meta({
        description:
          'Rows that must have been looked at on each side, all tables together, else the run is unverified.',
        examples: [1000],
      }),
    seed: wholeNumber(0n, MOST_SEED)
      .optional()
      .meta({
        description: 'Seed of the row hash, to repeat a run exactly (default random).',
        examples: [42],
      }),
    workers: wholeNumber(1n, MOST_WORKERS)
      .optional()
      .meta({
        description: 'Chunks or tables that are read at a time (default: one a core, at most 4; limit 64).',
        examples: [4],
      }),
    chunkRows: wholeNumber(1n, MOST_CHUNK_ROWS)
      .optional()
      .meta({
        description: 'Rows read in one task (default: as many as keep tasks short).',
        examples: [5000],
      }),
    chunkTime: written('a time such as 500ms or 2s', parseChunkTime)
      .optional()
      .meta({ description: 'How long a chunk should take (default 500ms).', examples: ['200ms'] }),
    maxRowsPerSecond: wholeNumber(1n, MOST_ROWS_PER_SECOND)
      .optional()
      .meta({
        description: 'Rows a second that are read of each side, over all workers together.',
        examples: [20_000],
      }),
    maxBytesPerSecond: written('a size such as 500kB or 10MB', parseByteRate)
      .optional()
      .meta({
        description: 'Bytes a second that are read of each side, over all workers together.',
        examples: ['10MB'],
      }),
    maxLoad: wholeNumber(1n, MOST_LOAD)
      .optional()
      .meta({
        description: 'Pause while more statements than this are at work on a server.',
        examples: [25],
      }),
    checksumOn: choice(CHECKSUM_PLACES)
      .optional()
      .meta({
        description: 'Who hashes rows: client (default), server (where both can), or auto (the faster).',
        examples: ['auto'],
      }),
    report: list('a list of FORMAT or FORMAT=PATH')
      .optional()
      .meta({
        description: 'FORMAT[=PATH]: table or json, to stdout or a file (default table).',
        examples: [['table', 'json=run.json']],
      }),
    differences: text('a path')
      .optional()
      .meta({
        description: 'File for every differing row, one JSON object a line.',
        examples: ['differences.ndjson'],
      }),
    repair: text('a path')
      .optional()
      .meta({
        description: 'File for the SQL that repairs the target; its undo goes beside it.',
        examples: ['repair.sql'],
      }),
    showValues: flag()
      .optional()
      .meta({
        description: 'false shows keys and column names of differing rows, but no other values.',
        examples: [false],
      }),
    quiet: flag()
      .optional()
      .meta({
        description: 'No progress, and of the table report only the last line.',
        examples: [true],
      }),
    noColor: flag()
      .optional()
      .meta({ description: 'No colours in a terminal.', examples: [true] }),
  },
  { error: 'expected settings, one KEY: VALUE a line' },
);

export type ConfigFileContent = z.infer<typeof CONFIG_FILE>;
