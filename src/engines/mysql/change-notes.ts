import { type ChangeNotes, listOf, noteOf, type ToldStatements } from '../change-notes.js';

const rowsOf = (run: string, list: string): string => `@rowproof_c${run}_${list}`;

const TOLD: ToldStatements = {
  begun: (run) => `SET @rowproof_told_${run} = 1;`,
  committing: (run) => `SET @rowproof_open_${run} = COALESCE(@rowproof_open_${run}, 0) + 1;`,
  committed: (run) => `SET @rowproof_open_${run} = @rowproof_open_${run} - 1;`,
  addRows: (run, list, rows) => {
    const name = rowsOf(run, list);
    // In a session whose sql_mode takes '' for NULL, a list that begins with '' would stay NULL.
    return `SET ${name} = CONCAT(COALESCE(${name}, ','), ',${rows}');`;
  },
};

/**
 * User variables hold the notes: they are the session's own, and need no privilege. `ROW_COUNT()` says of the statement
 * before whether it changed a row.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-functions.html#function_row-count
 */
export const MYSQL_NOTES: ChangeNotes = {
  beginList: (list) => `SET @rowproof_n${list} = '';`,
  wrap: (statement) => statement,
  behind: (row, aside) => {
    const list = row === null ? '' : `@rowproof_n${listOf(row)}`;
    const assignments = [
      ...(aside === null
        ? []
        : [`@rowproof_aside = @rowproof_aside ${aside === 'hold' ? '+' : '-'} ROW_COUNT()`]),
      ...(row === null ? [] : [`${list} = CONCAT(${list}, IF(ROW_COUNT() > 0, '${noteOf(row)}', ''))`]),
    ];
    return assignments.length === 0 ? [] : [`SET ${assignments.join(', ')};`];
  },
  isChanged: (row) => `INSTR(${rowsOf(row.run, listOf(row))}, '${noteOf(row)}') > 0`,
  print: (sql) => `SELECT ${quote(sql)} AS \`-- rowproof\`;`,
  printList: (list, run) => {
    const [before = '', behind = ''] = TOLD.addRows(run, list, '?').split('?');
    return `SELECT CONCAT(${quote(before)}, @rowproof_n${list}, ${quote(behind)}) AS \`-- rowproof\`;`;
  },
  told: TOLD,
  checkNow: null,
  checkTold: (run) => [
    ...failUnless(`@rowproof_told_${run} = 1`, 'rowproof: this needs what the repair printed before it'),
    ...failUnless(
      `COALESCE(@rowproof_open_${run}, 0) = 0`,
      'rowproof: was the last COMMIT of the repair done? Verify again',
    ),
  ],
};

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Outside of a program the server has no statement that fails on a condition but one that cannot be prepared. */
function failUnless(condition: string, message: string): string[] {
  return [
    `SET @rowproof_check = IF(${condition}, 'DO 0', 'SELECT \`${message}\`');`,
    'PREPARE rowproof_check FROM @rowproof_check;',
    'EXECUTE rowproof_check;',
  ];
}
