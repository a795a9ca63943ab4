import { formatCount, formatCounted } from '../../../words/number-text.js';
import { type Html, html } from '../html-text.js';
import { isSameNode, type JsonNode } from './json-node.js';

/** Lines of a tree that are shown; what is equal on both sides takes one line, however large it is. */
const MOST_LINES = 60;
const MOST_LEAF = 160;

interface Tree {
  readonly own: JsonNode;
  /** The same place on the other side; absent where that has none. */
  readonly other: JsonNode | undefined;
}

/** A document of one side as a tree, in which what the other side has not is marked and what both have is folded up. */
export function formatJsonTree({ own, other }: Tree): Html {
  return new TreeWriter().write({ own, other, name: '' });
}

interface Named extends Tree {
  readonly name: string;
}

class TreeWriter {
  #lines = 0;

  write({ own, other, name }: Named): Html {
    const label = name === '' ? html`` : html`<span class="name">${shorten(name)}:</span> `;
    if (other !== undefined && isSameNode(own, other))
      return html`${label}<span class="same">${describe(own)}</span>`;
    if (own.kind === 'leaf') return html`${label}<mark>${shorten(own.text)}</mark>`;
    if (other === undefined || other.kind !== own.kind) {
      return html`${label}<mark>${describe(own)}</mark>${this.#writeParts(own, undefined)}`;
    }
    return html`${label}${this.#writeParts(own, other)}`;
  }

  #writeParts(own: JsonNode, other: JsonNode | undefined): Html {
    const parts = partsOf(own);
    const others = other === undefined ? new Map<string, JsonNode>() : new Map(partsOf(other));
    const lines: Html[] = [];
    for (const [at, [name, node]] of parts.entries()) {
      if (this.#lines >= MOST_LINES) {
        lines.push(html`<li class="cut">… and ${formatCount(parts.length - at)} more</li>`);
        break;
      }
      this.#lines++;
      lines.push(html`<li>${this.write({ own: node, other: others.get(name), name })}</li>`);
    }
    const gone = [...others.keys()].filter((name) => !parts.some(([each]) => each === name)).length;
    const missing = gone === 0 ? html`` : html`<li class="cut">${gone} only on the other side</li>`;
    return html`<ul class="json">${lines}${missing}</ul>`;
  }
}

function partsOf(node: JsonNode): readonly (readonly [string, JsonNode])[] {
  if (node.kind === 'leaf') return [];
  return node.kind === 'object' ? node.members : node.items.map((item, at) => [String(at), item] as const);
}

function describe(node: JsonNode): string {
  if (node.kind === 'leaf') return shorten(node.text);
  const { length } = partsOf(node);
  return node.kind === 'object'
    ? `{ ${formatCounted(length, 'member')} }`
    : `[ ${formatCounted(length, 'item')} ]`;
}

function shorten(text: string): string {
  return text.length <= MOST_LEAF ? text : `${text.slice(0, MOST_LEAF)}…`;
}
