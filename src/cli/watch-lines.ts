import type { EndedTurn, KnownRow, WatchEnd, WatchNews } from '../app/watch/watch-news.js';
import type { PassSummary, WatchHolder } from '../core/watch.js';
import { formatCount, formatCounted, formatDuration } from '../words/number-text.js';
import { visibleLine } from '../words/visible-text.js';

/** Rows that a line names by their keys. */
const MOST_NAMED = 5;

/** The line that tells what a pass or look came to. */
export function formatTurn(turn: EndedTurn, nowMs: number): string {
  const { kind, summary } = turn;
  const { pass, verdict, tables, sourceRows, targetRows, missing, extra, changed, inFlight } = summary;
  const { unsettled, unverifiedTables } = summary;
  const parts = [
    `${kind} ${pass} ${verdict.toUpperCase()}: ${formatCounted(tables, 'table')}, ${formatCount(sourceRows)} source and ${formatCount(targetRows)} target rows`,
    `${formatCount(missing)} missing, ${formatCount(extra)} extra, ${formatCount(changed)} changed, ${formatCount(inFlight)} in flight, ${formatCount(unsettled)} unsettled`,
    ...(unverifiedTables === 0 ? [] : [`${formatCounted(unverifiedTables, 'table')} not fully verified`]),
    formatLag(summary),
    formatOldest(summary, nowMs),
    ...formatHealed(turn),
  ];
  return stamp(nowMs, parts.join('; '));
}

/** The last line of a watch. */
export function formatEnd(end: WatchEnd, last: EndedTurn | null, nowMs: number): string {
  const pass = last === null ? 'no pass came to its end' : `last was ${last.kind} ${last.summary.pass}`;
  switch (end.kind) {
    case 'ready':
      return stamp(nowMs, `READY: ${pass}, ${last === null ? '' : formatLag(last.summary)}`);
    case 'different':
      return stamp(nowMs, `DIFFERENT: ${pass}, and it confirmed ${last === null ? '' : countRows(last)}`);
    case 'late':
      return stamp(nowMs, `NOT READY in the time of --until-timeout: ${end.why}`);
    case 'interrupted':
      return stamp(nowMs, `INTERRUPTED: ${pass}; the next start goes on from here`);
  }
}

/** What stderr says of who watches, and of what failed; null for what has a line of its own. */
export function formatNews(news: WatchNews, takeOverAfterMs: number): string | null {
  switch (news.type) {
    case 'standby':
      return `On standby, reading nothing: ${formatHolder(news.holder)} watches the same. This process takes over once that one has given no sign for ${formatDuration(takeOverAfterMs)}.`;
    case 'held':
      return news.holder.term === 1
        ? null
        : `Watching from now on, after ${formatCounted(news.passes, 'whole pass').replace('passs', 'passes')} (term ${news.holder.term}).`;
    case 'replaced':
      return `${formatHolder(news.by)} took over, because this process had given no sign: nothing that it read since counts.`;
    case 'failed':
      return `The ${news.kind} came to no end, and is tried again: ${news.message}`;
    case 'turn':
      return null;
  }
}

/** Whether a look found something that was not told yet. */
export function isNews({ summary, healed }: EndedTurn, told: PassSummary | null): boolean {
  if (told === null || healed.length > 0 || told.verdict !== summary.verdict) return true;
  const counts = ['missing', 'extra', 'changed', 'unsettled'] as const;
  return counts.some((name) => told[name] !== summary[name]);
}

function formatHolder(holder: WatchHolder | null): string {
  return holder === null ? 'Another process' : `Process ${holder.pid} on ${holder.host}`;
}

function formatLag({ lagMs, lagAtLeastMs }: PassSummary): string {
  if (lagMs !== null) return `lag ${lagMs < 1000 ? `${lagMs} ms` : formatDuration(lagMs)}`;
  return lagAtLeastMs === null ? 'lag not known' : `lag over ${formatDuration(lagAtLeastMs)}`;
}

function formatOldest({ oldestReadAt, oldestPosition }: PassSummary, nowMs: number): string {
  const age = formatDuration(nowMs - Date.parse(oldestReadAt));
  return `oldest read ${age} ago${oldestPosition === null ? '' : `, at ${oldestPosition}`}`;
}

function formatHealed({ healed, mayBeMore }: EndedTurn): string[] {
  if (healed.length === 0) return [];
  const count = `${mayBeMore ? 'at least ' : ''}${formatCount(healed.length)}`;
  const named = healed.filter(({ key }) => key !== null).slice(0, MOST_NAMED);
  const rest = healed.length - named.length;
  const names = named.map(formatRow).join(', ');
  const more =
    rest === 0
      ? ''
      : `${names === '' ? '' : ' and '}${formatCount(rest)} ${names === '' ? 'without a key' : 'more'}`;
  return [`healed ${count}: ${names}${more}`];
}

function formatRow({ table, key }: KnownRow): string {
  return `${table} ${key ?? ''}`;
}

function countRows({ summary: { missing, extra, changed } }: EndedTurn): string {
  return `${formatCount(missing)} missing, ${formatCount(extra)} extra, ${formatCount(changed)} changed`;
}

function stamp(nowMs: number, text: string): string {
  return visibleLine(`${new Date(nowMs).toISOString().slice(0, 19)}Z ${text}`);
}
