import { describe, expect, it } from 'vitest';
import { formatGrid, type GridCell, type GridColumn } from '../../src/report/grid.js';
import { createPaint, type Tone } from '../../src/report/paint.js';

const COLUMNS: readonly GridColumn[] = [
  { head: 'table', align: 'left', maxWidth: 12, wrap: 'words' },
  { head: 'verdict', align: 'left', maxWidth: 12, wrap: 'words' },
  { head: 'rows', align: 'right', maxWidth: 6, wrap: 'words' },
];
const cell = (text: string, tone: Tone = 'plain'): GridCell => ({ text, tone });
const NAMES = ['a', 'orders', 'naïve', '注文', 'order_positions', 'b\n  by id', 'c'];

describe('a grid', () => {
  it('shows rows that differ in their names alone as it shows any row', () => {
    const rows = NAMES.map((name) => [cell(name), cell('verified\n+ unverified', 'good'), cell('50')]);
    expect(formatGrid({ columns: COLUMNS, rows, paint: createPaint(false) }).split('\n')).toEqual([
      'table         verdict       rows',
      '────────────  ────────────  ────',
      ...['a             verified        50', '              + unverified'],
      ...['orders        verified        50', '              + unverified'],
      ...['naïve         verified        50', '              + unverified'],
      ...['注文          verified        50', '              + unverified'],
      ...['order_positi  verified        50', 'ons           + unverified'],
      ...['b             verified        50', '  by id       + unverified'],
      ...['c             verified        50', '              + unverified'],
    ]);
  });

  it('keeps a colour to the cell that has it', () => {
    const rows = ['a', 'b'].map((name) => [cell(name), cell('verified', 'good'), cell('7')]);
    const lines = formatGrid({ columns: COLUMNS, rows, paint: createPaint(true) }).split('\n');
    expect(lines.slice(2)).toEqual([
      'a      \u001b[32mverified\u001b[0m     7',
      'b      \u001b[32mverified\u001b[0m     7',
    ]);
  });
});
