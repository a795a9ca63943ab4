import type { Kind } from '../../src/config/options/option.js';
import { describeSetting, describeTableSetting } from '../../src/config/options/option-help.js';
import { FILE_OPTIONS, TABLE_SETTINGS } from '../../src/config/options/options.js';

const VALUES: Readonly<Record<Exclude<Kind['is'], 'choice' | 'count' | 'names' | 'mapping'>, string>> = {
  switch: '`true` or `false`',
  url: 'a URL',
  path: 'a path',
  text: 'a text',
  timeZone: 'a time zone',
  ratio: 'a share',
  duration: 'a time',
  byteRate: 'a size',
  columns: 'a list of `TABLE.COLUMN`',
  relaxedColumns: 'a list of `TABLE.COLUMN:HOW`',
  relaxations: '`COLUMN: [HOW]`',
  reports: 'a list of `FORMAT` or `FORMAT=PATH`',
  byTable: 'a text',
  tableSettings: 'see below',
};

function describeValue(kind: Kind): string {
  switch (kind.is) {
    case 'choice':
      return kind.words.map((word) => `\`${word}\``).join(', ');
    case 'count':
      return `${kind.least.toLocaleString('en-US')} to ${kind.most.toLocaleString('en-US')}`;
    case 'names':
      return `a list of ${kind.of}`;
    case 'mapping':
      return '`SOURCE: TARGET`';
    default:
      return VALUES[kind.is];
  }
}

/** What a cell holds may not end it, and an asterisk is one. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/(?<!`)\*(?!`)/g, '\\*');

function rowOf(name: string, kind: Kind, about: string): string {
  return `| \`${name}\` | ${describeValue(kind)} | ${cell(about)} |`;
}

function formatTables(): Readonly<Record<'settings' | 'settings of a table', string>> {
  const settings = FILE_OPTIONS.map((option) => {
    const page = option.page === undefined ? '' : ` [More](${option.page})`;
    return rowOf(option.name, option.kind, `${describeSetting(option)}${page}`);
  });
  const ofTables = TABLE_SETTINGS.map(({ name, form, option }) =>
    rowOf(name, form.kind, describeTableSetting(option, form)),
  );
  const table = (rows: readonly string[]) =>
    ['| key | value | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  return { settings: table(settings), 'settings of a table': table(ofTables) };
}

/** Puts the tables of settings between the marks of a page. */
export function withSettingTables(page: string): string {
  let filled = page;
  for (const [name, table] of Object.entries(formatTables())) {
    const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`];
    const from = filled.indexOf(begin);
    const to = filled.indexOf(end);
    if (from === -1 || to < from) throw new Error(`The page has no marks for the ${name}.`);
    filled = `${filled.slice(0, from + begin.length)}${table}${filled.slice(to)}`;
  }
  return filled;
}
