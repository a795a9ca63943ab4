/**
 * The script of the page: sorts, filters and searches tables that are complete without it, and opens what is folded up before
 * the page is printed. It makes elements and texts, and never reads a text as markup.
 */
export const PAGE_SCRIPT = `
'use strict';
(() => {
  const collator = new Intl.Collator('en', { numeric: true });
  const make = (name, settings) => Object.assign(document.createElement(name), settings);
  const textOf = (cell) => cell ? (cell.dataset.n ?? cell.textContent.trim()) : '';

  function addSorting(table, items) {
    const heads = [...table.tHead.rows[0].cells];
    for (const head of heads) {
      if (head.dataset.plain !== undefined) continue;
      const button = make('button', { type: 'button' });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const down = head.getAttribute('aria-sort') === 'ascending';
        for (const each of heads) each.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const sign = down ? -1 : 1;
        const keyed = items.map((item) => [textOf(item.rows[0].cells[head.cellIndex]), item]);
        keyed.sort(([one], [other]) => sign * collator.compare(one, other));
        table.append(...keyed.map(([, item]) => item));
      });
    }
  }

  function addFilters(table, items) {
    const name = table.dataset.name;
    const texts = new Map(items.map((item) => [item, item.textContent.toLowerCase()]));
    const kinds = [...new Set(items.map((item) => item.dataset.kind))];
    const tools = make('div', { className: 'tools', role: 'search' });
    const search = make('input', { type: 'search', placeholder: 'Search', ariaLabel: 'Search in ' + name });
    const select = make('select', { ariaLabel: 'Show only, in ' + name });
    select.append(...['all', ...kinds].map((kind) => make('option', { value: kind, textContent: kind })));
    const status = make('span', { role: 'status' });
    const apply = () => {
      const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
      let shown = 0;
      for (const item of items) {
        const fits = (select.value === 'all' || item.dataset.kind === select.value)
          && words.every((word) => texts.get(item).includes(word));
        item.hidden = !fits;
        if (fits) shown += 1;
      }
      status.textContent = shown === items.length ? '' : shown + ' of ' + items.length + ' shown';
    };
    search.addEventListener('input', apply);
    select.addEventListener('change', apply);
    tools.append(search, ...(kinds.length > 1 ? [select] : []), status);
    table.parentElement.before(tools);
  }

  for (const table of document.querySelectorAll('table[data-name]')) {
    const items = [...table.tBodies];
    if (items.length < 2) continue;
    addSorting(table, items);
    addFilters(table, items);
  }
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll('details:not([open])')];
    for (const each of folded) each.open = true;
  });
  addEventListener('afterprint', () => {
    for (const each of folded) each.open = false;
  });
})();
`;
