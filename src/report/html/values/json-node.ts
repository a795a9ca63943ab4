/** A JSON document as it is written: numbers keep their digits, members their order. */
export type JsonNode =
  | { readonly kind: 'leaf'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, JsonNode])[] };

const MOST_DEPTH = 40;
const TOKEN =
  /\s*(?:([[\]{},:])|("[^"\\\p{Cc}]*(?:\\.[^"\\\p{Cc}]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))\s*/guy;

/** Reads an object or array; null for any other text, and for what is nested too deep to be shown. */
export function readJsonNode(text: string): JsonNode | null {
  if (!/^\s*[[{]/.test(text)) return null;
  const tokens = readTokens(text);
  if (tokens === null) return null;
  const reader = new NodeReader(tokens);
  const node = reader.read(0);
  return node !== null && reader.isAtEnd ? node : null;
}

/** Whether two nodes are the same value, as far as their spelling says. */
export function isSameNode(one: JsonNode, other: JsonNode): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function readTokens(text: string): string[] | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const [, mark, quoted, word] = TOKEN.exec(text) ?? [];
    const token = mark ?? quoted ?? word;
    if (token === undefined) return null;
    tokens.push(token);
  }
  return tokens;
}

class NodeReader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  read(depth: number): JsonNode | null {
    const token = this.#next();
    if (token === undefined || depth > MOST_DEPTH) return null;
    if (token === '[')
      return this.#readList(
        ']',
        () => this.read(depth + 1),
        (items) => ({ kind: 'array', items }),
      );
    if (token === '{')
      return this.#readList(
        '}',
        () => this.#readMember(depth),
        (members) => ({ kind: 'object', members }),
      );
    return /^[\]},:]$/.test(token) ? null : { kind: 'leaf', text: token };
  }

  #next(): string | undefined {
    return this.#tokens[this.#at++];
  }

  #readList<Item>(
    end: string,
    readItem: () => Item | null,
    make: (items: Item[]) => JsonNode,
  ): JsonNode | null {
    const items: Item[] = [];
    if (this.#tokens[this.#at] === end) {
      this.#at++;
      return make(items);
    }
    for (;;) {
      const item = readItem();
      if (item === null) return null;
      items.push(item);
      const token = this.#next();
      if (token === end) return make(items);
      if (token !== ',') return null;
    }
  }

  #readMember(depth: number): readonly [string, JsonNode] | null {
    const name = this.#next();
    if (name === undefined || !name.startsWith('"') || this.#next() !== ':') return null;
    const node = this.read(depth + 1);
    return node === null ? null : [name, node];
  }
}
