import { readTokens, type Token, unquoteName } from '../engines/sql-tokens.js';
import type { WriteDialect } from '../engines/write.js';
import { isSymbol, isWord, StatementFault, TokenCursor } from './token-cursor.js';

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
}

type Grammar = Pick<WriteDialect, 'lexicon' | 'words' | 'functions'>;

/**
 * Takes a row statement apart, or says why it is none that Rowproof writes. Whoever can change the file must not be able
 * to make `rowproof apply` do more than it shows: three forms of statements, and in expressions a closed set of words.
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

class StatementReader extends TokenCursor {
  readonly #text: string;
  readonly #grammar: Grammar;
  /** Columns that the expression at hand names. */
  #columns: string[] = [];

  constructor(text: string, tokens: readonly Token[], grammar: Grammar) {
    super(tokens);
    this.#text = text;
    this.#grammar = grammar;
  }

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
      sql: this.#text.slice(start, end),
    };
  }

  #readParts(verb: string): Pick<RowStatement, 'kind' | 'schema' | 'name' | 'assignments' | 'key'> {
    switch (verb) {
      case 'UPDATE': {
        const table = this.#readTable();
        this.word('SET');
        return { kind: 'update', ...table, assignments: this.#readAssignments(), key: this.#readWhere() };
      }
      case 'DELETE': {
        this.word('FROM');
        return { kind: 'delete', ...this.#readTable(), assignments: [], key: this.#readWhere() };
      }
      case 'INSERT': {
        this.word('INTO');
        return { kind: 'insert', ...this.#readInsert() };
      }
      default:
        throw new StatementFault(`begins with ${verb}, not with INSERT, UPDATE or DELETE`);
    }
  }

  #readTable(): { schema: string; name: string } {
    this.skipWord('ONLY');
    const schema = unquoteName(this.take('name').text);
    this.symbol('.');
    return { schema, name: unquoteName(this.take('name').text) };
  }

  #readAssignments(): Assignment[] {
    const assignments: Assignment[] = [];
    do {
      const column = unquoteName(this.take('name').text);
      this.symbol('=');
      assignments.push({
        column,
        sql: this.#expression((token) => isSymbol(token, ',') || isWord(token, 'WHERE')),
      });
    } while (this.skipSymbol(','));
    this.word('WHERE');
    return assignments;
  }

  #readInsert(): Pick<RowStatement, 'schema' | 'name' | 'assignments' | 'key'> {
    const table = this.#readTable();
    const columns = this.#readColumns();
    if (this.skipWord('OVERRIDING')) {
      this.word('SYSTEM');
      this.word('VALUE');
    }
    this.word('SELECT');
    const values: string[] = [];
    do {
      values.push(
        this.#expression((token) => isSymbol(token, ',') || isWord(token, 'WHERE') || isWord(token, 'FROM')),
      );
    } while (this.skipSymbol(','));
    if (values.length !== columns.length)
      throw new StatementFault('has another number of values than of columns');
    if (this.skipWord('FROM')) this.word('DUAL');
    for (const word of ['WHERE', 'NOT', 'EXISTS']) this.word(word);
    this.symbol('(');
    this.word('SELECT');
    if (this.take('number').text !== '1') throw new StatementFault('selects more than 1');
    this.word('FROM');
    const other = this.#readTable();
    if (other.schema !== table.schema || other.name !== table.name)
      throw new StatementFault('asks about another table than it writes to');
    this.word('WHERE');
    const key = this.#readConditions();
    this.symbol(')');
    while (this.skipWord('AND')) this.#expression(endsCondition);
    return { ...table, key, assignments: columns.map((column, i) => ({ column, sql: values[i] ?? '' })) };
  }

  #readColumns(): string[] {
    const columns: string[] = [];
    this.symbol('(');
    do columns.push(unquoteName(this.take('name').text));
    while (this.skipSymbol(','));
    this.symbol(')');
    return columns;
  }

  #readWhere(): KeyCondition[] {
    if (isWord(this.peek(), 'WHERE')) this.at++;
    return this.#readConditions();
  }

  /** The key between its marks, then guards; all of them must hold, so that more of them never reach more rows. */
  #readConditions(): KeyCondition[] {
    if (this.take('mark').text !== 'k') throw new StatementFault('has no key where one belongs');
    const key: KeyCondition[] = [];
    do {
      this.#columns = [];
      const sql = this.#expression(endsCondition);
      key.push({ sql, columns: this.#columns });
    } while (this.skipWord('AND'));
    if (this.take('mark').text !== 'g') throw new StatementFault('has no end of its key');
    while (this.skipWord('AND')) this.#expression(endsCondition);
    return key;
  }

  /** Reads an expression up to a token that ends it and is in no parentheses; every token of it is looked at. */
  #expression(ends: (token: Token) => boolean): string {
    const first = this.peek();
    let depth = 0;
    for (let token = this.peek(); token !== undefined; token = this.peek()) {
      const isOutside = depth === 0;
      if (
        isOutside &&
        (ends(token) || isSymbol(token, ';') || isSymbol(token, ')') || token.kind === 'mark')
      ) {
        if (isSymbol(token, ',') || !this.#isDistinctFrom(token)) break;
      }
      if (isSymbol(token, '(')) depth++;
      if (isSymbol(token, ')')) depth--;
      this.#checkToken(token);
      this.at++;
      if (isWord(token, 'AS') || isSymbol(token, '::')) this.#skipType();
      else if (isWord(token, 'COLLATE') || isWord(token, 'USING')) this.#skipCollation();
    }
    const last = this.tokens[this.at - 1];
    if (depth !== 0) throw new StatementFault('has an open parenthesis');
    if (first === undefined || last === undefined || last.end <= first.start)
      throw new StatementFault('lacks an expression');
    return this.#text.slice(first.start, last.end);
  }

  #isDistinctFrom(token: Token): boolean {
    return isWord(token, 'FROM') && isWord(this.tokens[this.at - 1], 'DISTINCT');
  }

  #checkToken(token: Token): void {
    const next = this.tokens[this.at + 1];
    if (token.kind === 'mark' || isSymbol(token, ';')) throw new StatementFault('ends in the middle');
    if (token.kind === 'name' && isSymbol(next, '(')) throw new StatementFault(`calls ${token.text}`);
    if (token.kind === 'name' && !isSymbol(next, '.')) this.#columns.push(unquoteName(token.text));
    if (token.kind !== 'word') return;
    const word = token.text.toUpperCase();
    if (isSymbol(next, '(') && next !== undefined) {
      if (!this.#grammar.functions.has(word)) throw new StatementFault(`calls ${token.text}`);
      return;
    }
    const isIntroducer =
      /^_[a-z0-9]+$/.test(token.text) && (next?.kind === 'number' || next?.kind === 'string');
    if (!isIntroducer && !this.#grammar.words.has(word))
      throw new StatementFault(`has the unexpected word ${token.text}`);
    const previous = this.tokens[this.at - 1];
    const opener = this.tokens[this.at - 2];
    const isAsking = isSymbol(previous, '(') && (isWord(opener, 'EXISTS') || isWord(opener, 'FROM'));
    if (word === 'SELECT' && !isAsking) throw new StatementFault('reads rows where a value belongs');
  }

  /** The name of a collation or a character set, perhaps with its schema. */
  #skipCollation(): void {
    this.at++;
    if (this.skipSymbol('.')) this.take('name');
  }

  /** A type's name, behind `::` or AS, may be any; an alias looks the same. */
  #skipType(): void {
    let depth = 0;
    for (let token = this.peek(); token !== undefined; token = this.peek()) {
      const isEnd = token.kind === 'word' && TYPE_ENDS.has(token.text.toUpperCase());
      const isPart = token.kind === 'word' || token.kind === 'name' || /^[.[\]]$/.test(token.text);
      const isSize = depth > 0 && (token.kind === 'number' || isSymbol(token, ','));
      if (isEnd || !(isPart || isSize || isSymbol(token, '(') || (depth > 0 && isSymbol(token, ')')))) break;
      if (isSymbol(token, '(')) depth++;
      if (isSymbol(token, ')')) depth--;
      if (depth > 0 && token.kind !== 'number' && token.kind !== 'symbol')
        throw new StatementFault('has an expression where a type belongs');
      this.at++;
    }
    if (depth !== 0) throw new StatementFault('has an open parenthesis');
  }
}

const TYPE_ENDS = new Set(['WHERE', 'LIMIT', 'AND', 'IS', 'COLLATE', 'FROM', 'SELECT', 'NOT', 'OPERATOR']);

function endsCondition(token: Token): boolean {
  return isWord(token, 'AND');
}
