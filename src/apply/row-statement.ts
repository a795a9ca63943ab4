import type { CopyBounds } from '../engines/row-copies.js';
import { readTokens, type Token, unquoteName } from '../engines/sql-tokens.js';
import { ExpressionReader, type Grammar } from './expression-reader.js';
import { isSymbol, isWord, StatementFault } from './token-cursor.js';

/** A column and the SQL that it gets. */
export interface Assignment {
  readonly column: string;
  readonly sql: string;
}

/** A part of a key condition, and the columns that it names. */
export interface KeyCondition {
  readonly columns: readonly string[];
  readonly sql: string;
}

/** One statement of a repair file, taken apart as far as applying it needs. */
export interface RowStatement {
  readonly line: number;
  readonly kind: 'insert' | 'update' | 'delete';
  /** Tells rows of the file apart: `TABLE.ROW`. */
  readonly mark: string;
  /** The number of the table in the header. */
  readonly table: number;
  readonly schema: string;
  readonly name: string;
  /** Without the mark and the semicolon. */
  readonly sql: string;
  readonly assignments: readonly Assignment[];
  /** What finds exactly this row before the statement; of an INSERT, the row that must not be there. */
  readonly key: readonly KeyCondition[];
  /** How many rows that are equal to this one the table must hold for it; null where the row has a key. */
  readonly bounds: CopyBounds | null;
}

type StatementParts = Pick<RowStatement, 'schema' | 'name' | 'assignments' | 'key' | 'bounds'>;
type Found = Pick<RowStatement, 'key' | 'bounds'>;

interface NamedTable {
  readonly schema: string;
  readonly name: string;
  /** As it stands in the statement. */
  readonly sql: string;
}

/**
 * Takes a row statement apart, or says why it is none that Rowproof writes. Whoever can change the file must not be able
 * to make `rowproof apply` do more than it shows: a few forms of statements, and in expressions a closed set of words.
 */
export function readRowStatement(
  text: string,
  line: number,
  grammar: Grammar,
): RowStatement | { readonly fault: string } {
  const tokens = readTokens(text, grammar.lexicon);
  if ('fault' in tokens) return tokens;
  try {
    return new StatementReader(text, tokens, grammar).read(line);
  } catch (error) {
    if (error instanceof StatementFault) return { fault: error.message };
    throw error;
  }
}

class StatementReader extends ExpressionReader {
  read(line: number): RowStatement {
    const mark = this.take('mark').text;
    if (!mark.startsWith('r ')) throw new StatementFault('has no row mark');
    const start = this.peek()?.start ?? 0;
    const verb = this.take('word').text;
    const parts = this.#readParts(verb);
    const end = this.symbol(';').start;
    if (this.peek() !== undefined) throw new StatementFault('goes on behind its semicolon');
    const [table = ''] = mark.slice(2).split('.');
    return {
      ...parts,
      line,
      mark: mark.slice(2),
      table: Number(table),
      sql: this.text.slice(start, end),
    };
  }

  #readParts(verb: string): StatementParts & Pick<RowStatement, 'kind'> {
    switch (verb) {
      case 'UPDATE': {
        const { schema, name } = this.#readTable();
        this.word('SET');
        const assignments = this.#readAssignments();
        return { kind: 'update', schema, name, assignments, key: this.#readKeyAndGuards(), bounds: null };
      }
      case 'DELETE': {
        this.word('FROM');
        const table = this.#readTable();
        this.word('WHERE');
        const { schema, name } = table;
        return { kind: 'delete', schema, name, assignments: [], ...this.#readDeleted(table) };
      }
      case 'INSERT': {
        this.word('INTO');
        return { kind: 'insert', ...this.#readInsert() };
      }
      default:
        throw new StatementFault(`begins with ${verb}, not with INSERT, UPDATE or DELETE`);
    }
  }

  #readTable(): NamedTable {
    const start = this.peek()?.start;
    this.skipWord('ONLY');
    const schema = unquoteName(this.take('name').text);
    this.symbol('.');
    const last = this.take('name');
    return { schema, name: unquoteName(last.text), sql: this.text.slice(start, last.end) };
  }

  #readAssignments(): Assignment[] {
    const assignments: Assignment[] = [];
    do {
      const column = unquoteName(this.take('name').text);
      this.symbol('=');
      assignments.push({
        column,
        sql: this.expression((token) => isSymbol(token, ',') || isWord(token, 'WHERE')),
      });
    } while (this.skipSymbol(','));
    this.word('WHERE');
    return assignments;
  }

  #readInsert(): StatementParts {
    const { schema, name } = this.#readTable();
    const columns = this.#readColumns();
    if (this.skipWord('OVERRIDING')) {
      this.word('SYSTEM');
      this.word('VALUE');
    }
    this.word('SELECT');
    const values: string[] = [];
    do {
      values.push(
        this.expression((token) => isSymbol(token, ',') || isWord(token, 'WHERE') || isWord(token, 'FROM')),
      );
    } while (this.skipSymbol(','));
    if (values.length !== columns.length)
      throw new StatementFault('has another number of values than of columns');
    if (this.skipWord('FROM')) this.word('DUAL');
    this.word('WHERE');
    const found = isSymbol(this.peek(), '(') ? this.#readCount() : this.#readAbsence();
    if (found.table.schema !== schema || found.table.name !== name)
      throw new StatementFault('asks about another table than it writes to');
    while (this.skipWord('AND')) this.expression(endsCondition);
    const assignments = columns.map((column, i) => ({ column, sql: values[i] ?? '' }));
    return { schema, name, assignments, key: found.key, bounds: found.bounds };
  }

  /** The condition that no row has the key. */
  #readAbsence(): Found & { readonly table: NamedTable } {
    for (const word of ['NOT', 'EXISTS']) this.word(word);
    this.symbol('(');
    this.word('SELECT');
    if (this.take('number').text !== '1') throw new StatementFault('selects more than 1');
    this.word('FROM');
    const table = this.#readTable();
    this.word('WHERE');
    const key = this.#readKeyAndGuards();
    this.symbol(')');
    return { table, key, bounds: null };
  }

  /** The condition that the table holds so many copies of the row, which has one form. */
  #readCount(): Found & { readonly table: NamedTable } {
    const { start } = this.symbol('(');
    const bounds = this.#findBounds();
    while (this.peek() !== undefined && !isWord(this.peek(), 'FROM')) this.at++;
    this.word('FROM');
    const table = this.#readTable();
    this.word('WHERE');
    const from = this.peek()?.start;
    const key = this.#readKey();
    const where = this.text.slice(from, this.tokens[this.at - 1]?.end);
    const { end } = this.symbol(')');
    if (this.text.slice(start, end) !== this.grammar.copies.holds({ table: table.sql, where, bounds }))
      throw new StatementFault('counts rows in a way of its own');
    return { table, key, bounds };
  }

  /** What a DELETE finds: the row of a key with guards, or one of the copies of a row while there are so many. */
  #readDeleted(table: NamedTable): Found {
    const from = this.tokens[this.at + 1]?.start;
    const key = this.#readKey();
    const isCopy = this.tokens.slice(this.at).some(isCount);
    const bounds = isCopy ? this.#findBounds() : null;
    const { copies } = this.grammar;
    if (bounds !== null) {
      const ends = this.tokens[this.at - 1];
      const where = this.text.slice(from, this.tokens[this.at - 2]?.end);
      const form = copies.takeOne({ table: table.sql, where, bounds });
      const end = (ends?.end ?? 0) + form.length;
      if (!this.text.startsWith(form, ends?.end)) throw new StatementFault('takes a row in a way of its own');
      while ((this.peek()?.start ?? end) < end) this.at++;
    }
    while (this.skipWord('AND'))
      this.expression((token) => endsCondition(token) || (isCopy && isWord(token, 'LIMIT')));
    if (isCopy && copies.end !== '') {
      this.word('LIMIT');
      if (this.take('number').text !== '1') throw new StatementFault('takes more than one row');
    }
    return { key, bounds };
  }

  /** Of how many copies a form speaks; that it is the form is seen by building it again. */
  #findBounds(): CopyBounds {
    const rest = this.tokens.slice(this.at);
    const counted = rest.slice(rest.findIndex(isCount));
    const end = counted.findIndex((token) => isWord(token, 'FROM') || isWord(token, 'AS'));
    const [first, second] = counted.slice(0, Math.max(0, end)).filter(({ kind }) => kind === 'number');
    if (first === undefined) throw new StatementFault('counts no rows');
    if (second === undefined) return { least: 0, most: Number(first.text) - 1 };
    return { least: Number(first.text) + 1, most: Number(second.text) - 1 };
  }

  #readColumns(): string[] {
    const columns: string[] = [];
    this.symbol('(');
    do columns.push(unquoteName(this.take('name').text));
    while (this.skipSymbol(','));
    this.symbol(')');
    return columns;
  }

  /** The key between its marks, then guards; all of them must hold, so that more of them never reach more rows. */
  #readKeyAndGuards(): KeyCondition[] {
    const key = this.#readKey();
    while (this.skipWord('AND')) this.expression(endsCondition);
    return key;
  }

  #readKey(): KeyCondition[] {
    if (this.take('mark').text !== 'k') throw new StatementFault('has no key where one belongs');
    const key: KeyCondition[] = [];
    do {
      this.columns = [];
      const sql = this.expression(endsCondition);
      key.push({ sql, columns: this.columns });
    } while (this.skipWord('AND'));
    if (this.take('mark').text !== 'g') throw new StatementFault('has no end of its key');
    return key;
  }
}

function endsCondition(token: Token): boolean {
  return isWord(token, 'AND');
}

function isCount(token: Token): boolean {
  return token.kind === 'word' && token.text.toUpperCase() === 'COUNT';
}
