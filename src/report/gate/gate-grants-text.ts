import type { SideGrants } from '../../core/gate/side-grants.js';
import { visibleLine } from '../../words/visible-text.js';

/** The least grants for a full gate, a block for each side, to be run there by whoever may grant. */
export function formatGrants(sides: readonly SideGrants[]): string {
  return sides
    .map(({ side, product, url, grants, managed }) =>
      [
        `-- ${side}: ${visibleLine(`${product} at ${url}`)}`,
        ...grants.map(({ statement, lets }) => `${visibleLine(statement)};  -- ${lets}`),
        ...managed.map((line) => `-- ${line}`),
      ].join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}
