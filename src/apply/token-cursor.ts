import type { Token } from '../engines/sql-tokens.js';

/** Says why a statement is none of those that Rowproof writes. */
export class StatementFault extends Error {}

/** Goes over the tokens of a statement; what is not as expected is a fault. */
export class TokenCursor {
  readonly tokens: readonly Token[];
  at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  peek(): Token | undefined {
    return this.tokens[this.at];
  }

  take(kind: Token['kind']): Token {
    const token = this.peek();
    if (token?.kind !== kind) throw new StatementFault(`has ${describe(token)} where a ${kind} belongs`);
    this.at++;
    return token;
  }

  word(word: string): void {
    if (!this.skipWord(word)) throw new StatementFault(`has ${describe(this.peek())} where ${word} belongs`);
  }

  skipWord(word: string): boolean {
    const found = isWord(this.peek(), word);
    if (found) this.at++;
    return found;
  }

  symbol(symbol: string): Token {
    const token = this.peek();
    if (token === undefined || !this.skipSymbol(symbol))
      throw new StatementFault(`has ${describe(token)} where "${symbol}" belongs`);
    return token;
  }

  skipSymbol(symbol: string): boolean {
    const found = isSymbol(this.peek(), symbol);
    if (found) this.at++;
    return found;
  }
}

/** Whether a token is this bare word. */
export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text === word;
}

/** Whether a token is this symbol. */
export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.text === symbol;
}

function describe(token: Token | undefined): string {
  if (token === undefined) return 'its end';
  return token.text.length > 40 ? `${token.text.slice(0, 40)}…` : token.text;
}
