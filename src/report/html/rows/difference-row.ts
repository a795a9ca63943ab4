import { CAUSE_TITLES, type Diagnosis } from '../../../core/diagnosis.js';
import type { RowDifference, Value } from '../../../core/difference.js';
import { formatCount, formatCounted } from '../../../words/number-text.js';
import { visibleName } from '../../../words/visible-text.js';
import { formatMark } from '../../waiver-text.js';
import { type Html, html, NOTHING } from '../html-text.js';
import { formatAlone, formatValueCells } from '../values/value-cells.js';

const MOST_COLUMNS = 8;
const MOST_WHOLE_ROW = 16;
const MOST_KEY = 80;

const HIDDEN = html`<i class="null">hidden</i>`;

interface Row {
  readonly row: RowDifference;
  /** The target's names of the key columns, in the order of the key. */
  readonly key: readonly string[];
  readonly causes: readonly Diagnosis[];
}

/** A differing row as a body of a table: a line for each changed column, or one for a missing or extra row. */
export function formatRow({ row, key, causes }: Row): Html {
  const lines = row.kind === 'changed' ? listChanges(row) : [describePresence(row)];
  const span = lines.length;
  const titles = [...new Set(causes.map(({ cause }) => CAUSE_TITLES[cause] ?? cause))];
  const [first = html`<td></td><td></td><td></td>`, ...rest] = lines;
  const head = html`<th scope="rowgroup" rowspan="${span}" class="kind"><span class="tag ${row.kind}">${row.kind}</span>${row.new === true ? NEW : NOTHING}${row.waived === undefined ? NOTHING : WAIVED}</th><td rowspan="${span}" class="key">${formatKey(row, key)}</td>`;
  const shows = html`<td rowspan="${span}" class="shows">${titles.join(', ')}${formatWaiver(row)}</td>`;
  return html`<tbody data-kind="${row.kind}"><tr>${head}${first}${shows}</tr>${rest.map((line) => html`<tr>${line}</tr>`)}</tbody>
`;
}

const NEW = html`<br><span class="tag different">new</span>`;
const WAIVED = html`<br><span class="tag waived">waived</span>`;

/** Who accepted the row, beside why it differs. */
function formatWaiver({ waived }: RowDifference): Html {
  return waived === undefined ? NOTHING : html`<div>waived ${formatMark(waived)}</div>`;
}

function formatKey({ key: values }: RowDifference, key: readonly string[]): Html {
  if (values === null) return html`<i class="null">whole row</i>`;
  const names = key.length > 0 ? key : Object.keys(values);
  const parts = names.map((name, at) => {
    const value = Object.hasOwn(values, name) ? (values[name] ?? null) : null;
    const text = typeof value === 'string' ? value.slice(0, MOST_KEY) : value;
    const isCut = typeof value === 'string' && value.length > MOST_KEY;
    return html`${at === 0 ? '' : ', '}${formatAlone(text)}${isCut ? '…' : ''}`;
  });
  return html`${parts}`;
}

function listChanges({ columns, source, target }: RowDifference): Html[] {
  const shown = columns.slice(0, MOST_COLUMNS);
  const areHidden = source === null || target === null;
  const lines = shown.map((name) => {
    const pair = { source: ownValue(source, name), target: ownValue(target, name) };
    const [left, right] = areHidden ? [HIDDEN, HIDDEN] : formatValueCells(pair);
    return html`<th scope="row" class="column">${visibleName(name)}</th><td>${left}</td><td>${right}</td>`;
  });
  const more = columns.length - shown.length;
  if (more > 0)
    lines.push(html`<td colspan="3" class="cut">… and ${formatCounted(more, 'more column')}</td>`);
  return lines;
}

/** A missing or extra row, with its values on the side that has it. */
function describePresence(row: RowDifference): Html {
  const { source, target, sourceCopies, targetCopies } = row;
  const side = row.kind === 'missing' ? source : target;
  const whole = side === null ? html`row` : listValues(row.columns, side);
  const none = html`<i class="null">no row</i>`;
  if (sourceCopies !== undefined && targetCopies !== undefined) {
    const [left, right] = [sourceCopies, targetCopies].map((copies) =>
      copies === 0 ? none : html`<b>${formatCount(copies)} ×</b> ${whole}`,
    );
    return html`<td class="column"></td><td>${left ?? none}</td><td>${right ?? none}</td>`;
  }
  const cells = row.kind === 'missing' ? [whole, none] : [none, whole];
  return html`<td class="column"></td>${cells.map((cell) => html`<td>${cell}</td>`)}`;
}

function listValues(columns: readonly string[], values: Readonly<Record<string, Value>>): Html {
  const shown = columns.slice(0, MOST_WHOLE_ROW);
  const items = shown.map(
    (name) =>
      html`<li><span class="name">${visibleName(name)}</span> ${formatAlone(ownValue(values, name))}</li>`,
  );
  const more = columns.length - shown.length;
  const rest = more === 0 ? html`` : html`<li class="cut">… and ${formatCounted(more, 'more column')}</li>`;
  return html`<ul class="whole">${items}${rest}</ul>`;
}

/** Own properties only: a column may be called `constructor`. */
function ownValue(values: Readonly<Record<string, Value>> | null, name: string): Value | undefined {
  return values !== null && Object.hasOwn(values, name) ? values[name] : undefined;
}
