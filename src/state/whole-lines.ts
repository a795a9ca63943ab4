/**
 * Puts a text that comes in pieces together to whole lines, as many at a time as lie in a piece. A line that lies in several
 * is joined once, when it is whole, and is handed on alone: it may be very long.
 */
export async function* wholeLines(input: AsyncIterable<string>): AsyncGenerator<string> {
  let pieces: string[] = [];
  for await (const text of input) {
    const last = text.lastIndexOf('\n') + 1;
    if (last === 0) {
      pieces.push(text);
      continue;
    }
    const first = pieces.length === 0 ? 0 : text.indexOf('\n') + 1;
    if (first > 0) yield pieces.splice(0).join('') + text.slice(0, first);
    if (first < last) yield text.slice(first, last);
    pieces = last < text.length ? [text.slice(last)] : [];
  }
}
