/** Of how many rows one differs, in the damaged states. */
const DAMAGE = [
  { name: '0.01% differ', every: 10_000 },
  { name: '10% differ', every: 10 },
  { name: 'all differ', every: 1 },
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
export function damagedCases(rows) {
  return DAMAGE.map(({ name, every }) => ({
    name: `orders, ${name}`,
    table: 'orders',
    workers: DEFAULT_WORKERS,
    rows,
    every,
    changed: Math.floor(rows / every),
  }));
}
