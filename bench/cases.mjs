/** Of how many rows one differs, in the damaged states, and in what. */
const DAMAGE = [
  { name: '0.01% differ', every: 10_000, in: 'a constant' },
  { name: '10% differ', every: 10, in: 'a constant' },
  { name: 'all differ', every: 1, in: 'a constant' },
  { name: 'all differ, unexplained', every: 1, in: 'nothing that a rule explains' },
  { name: 'all differ, in nine columns', every: 1, in: 'every column' },
];
const WORKERS = [1, 2, 4];
const DEFAULT_WORKERS = 2;

/** The cases of a pairing whose tables are equal, in the order in which they are measured. */
export function equalCases(rows, isQuick) {
  const orders = (isQuick ? [DEFAULT_WORKERS] : WORKERS).map((workers) => ({
    table: 'orders',
    workers,
    rows,
  }));
  const others = ['narrow', 'wide'].map((table) => ({ table, workers: DEFAULT_WORKERS, rows }));
  return [...orders, ...others].map((one) => ({
    ...one,
    name: `${one.table}, ${one.workers} workers`,
    changed: 0,
  }));
}

/** The cases of a pairing with differing orders; each names what has to be done to the target first. */
export function damagedCases(rows, isQuick) {
  const cases = DAMAGE.filter((one) => !isQuick || one.in === 'a constant');
  return cases.map(({ name, every, in: how }) => ({
    name: `orders, ${name}`,
    table: 'orders',
    workers: DEFAULT_WORKERS,
    rows,
    every,
    in: how,
    changed: Math.floor(rows / every),
  }));
}
