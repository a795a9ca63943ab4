import { type ChangeNotes, listOf, noteOf, type ToldStatements } from '../change-notes.js';
import { fileLiteral } from './file-spelling.js';

const rowsOf = (run: string, list: string): string => `rowproof.c${run}_${list}`;
const settingOf = (name: string): string => `pg_catalog.current_setting('${name}', true)`;

/** A statement that sets a custom setting for the session and prints nothing. */
function assign(name: string, value: string): string {
  return `SELECT WHERE pg_catalog.set_config('${name}', ${value}, false) IS NULL;`;
}

/** What is in no session was lost with another: that is an error, and not an empty list. */
const noted = (list: string): string => `pg_catalog.current_setting('rowproof.n${list}')`;

const TOLD: ToldStatements = {
  begun: (run) => `SET rowproof.told_${run} = 'yes';`,
  committing: (run) => {
    const name = `rowproof.open_${run}`;
    return assign(name, `pg_catalog.concat(${settingOf(name)}, '+')`);
  },
  committed: (run) => {
    const name = `rowproof.open_${run}`;
    return assign(name, `pg_catalog.substr(${settingOf(name)}, 2)`);
  },
  addRows: (run, list, rows) => {
    const name = rowsOf(run, list);
    return assign(name, `pg_catalog.concat(${settingOf(name)}, '${rows}')`);
  },
};

/**
 * Custom settings hold the notes: any account may have them, and a transaction that is taken back takes them back too.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-custom.html
 */
export const POSTGRESQL_NOTES: ChangeNotes = {
  beginList: (list) => `SET rowproof.n${list} = '';`,
  wrap: (statement, row) => {
    const list = listOf(row);
    const value = `pg_catalog.concat(${noted(list)}, '${noteOf(row)}')`;
    const note = `pg_catalog.set_config('rowproof.n${list}', ${value}, false)`;
    const query = statement.endsWith(';') ? statement.slice(0, -1) : statement;
    return `WITH changed AS (${query} RETURNING 1) SELECT FROM changed WHERE ${note} IS NULL;`;
  },
  behind: () => [],
  isChanged: (row) =>
    `pg_catalog.strpos(${settingOf(rowsOf(row.run, listOf(row)))}, '${noteOf(row)}') OPERATOR(pg_catalog.>) 0`,
  print: (sql) => `SELECT ${fileLiteral(sql)};`,
  printList: (list, run) => {
    const [before = '', behind = ''] = TOLD.addRows(run, list, '?').split('?');
    return `SELECT pg_catalog.concat(${fileLiteral(before)}, ${noted(list)}, ${fileLiteral(behind)});`;
  },
  told: TOLD,
  checkNow: 'SET CONSTRAINTS ALL IMMEDIATE;',
  checkTold: (run) => [
    failUnless(
      `pg_catalog.concat(${settingOf(`rowproof.told_${run}`)}) OPERATOR(pg_catalog.=) 'yes'`,
      'rowproof: this needs what the repair printed before it',
    ),
    failUnless(
      `pg_catalog.concat(${settingOf(`rowproof.open_${run}`)}) OPERATOR(pg_catalog.=) ''`,
      'rowproof: was the last COMMIT of the repair done? Verify again',
    ),
  ],
};

function failUnless(condition: string, message: string): string {
  const body = `BEGIN IF NOT (${condition}) THEN RAISE EXCEPTION ${fileLiteral(message)}; END IF; END`;
  return `DO ${fileLiteral(body)};`;
}
