/** The shortest text that reads back as the same double; -0 keeps its sign. */
export function formatFloat64(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The shortest text that reads back as the same 32-bit value. */
export function formatFloat32(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return formatFloat64(Number(text));
  }
  return formatFloat64(Number(value.toPrecision(9)));
}
