import { type Token, unquoteName } from '../engines/sql-tokens.js';
import type { WriteDialect } from '../engines/write.js';
import { isSymbol, isWord, StatementFault, TokenCursor } from './token-cursor.js';

/** What expressions of an engine are made of, and the forms that count rows. */
export type Grammar = Pick<WriteDialect, 'lexicon' | 'words' | 'functions' | 'copies'>;

/** Reads expressions, and lets none pass that holds more than a repair file needs. */
export class ExpressionReader extends TokenCursor {
  protected readonly text: string;
  protected readonly grammar: Grammar;
  /** Columns that the expression at hand names. */
  protected columns: string[] = [];

  constructor(text: string, tokens: readonly Token[], grammar: Grammar) {
    super(tokens);
    this.text = text;
    this.grammar = grammar;
  }

  /** Reads an expression up to a token that ends it and is in no parentheses; every token of it is looked at. */
  expression(ends: (token: Token) => boolean): string {
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
    return this.text.slice(first.start, last.end);
  }

  #isDistinctFrom(token: Token): boolean {
    return isWord(token, 'FROM') && isWord(this.tokens[this.at - 1], 'DISTINCT');
  }

  #checkToken(token: Token): void {
    const next = this.tokens[this.at + 1];
    if (token.kind === 'mark' || isSymbol(token, ';')) throw new StatementFault('ends in the middle');
    if (token.kind === 'name' && isSymbol(next, '(')) throw new StatementFault(`calls ${token.text}`);
    if (token.kind === 'name' && !isSymbol(next, '.')) this.columns.push(unquoteName(token.text));
    if (token.kind !== 'word') return;
    const word = token.text.toUpperCase();
    if (isSymbol(next, '(') && next !== undefined) {
      if (!this.grammar.functions.has(word)) throw new StatementFault(`calls ${token.text}`);
      return;
    }
    const isIntroducer =
      /^_[a-z0-9]+$/.test(token.text) && (next?.kind === 'number' || next?.kind === 'string');
    if (!isIntroducer && !this.grammar.words.has(word))
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
