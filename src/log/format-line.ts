import { redactPasswords } from '../config/redact-passwords.js';
import type { LogEntry, LogValue } from '../core/log.js';

/** What a terminal obeys, what breaks a line somewhere, and what turns the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const PLACEHOLDER = '***';
/** A shorter secret is part of too many words to be taken out of all of them. */
const LONG_SECRET = 6;

/**
 * One JSON object, with its line break. It holds no password, whoever quoted it, and no character that would end the line
 * or be obeyed by what shows it.
 */
export function formatLogLine(entry: LogEntry, secrets: Iterable<string>): string {
  const hide = hiderOf(secrets);
  const { timeMs, level, event, fields } = entry;
  const line = JSON.stringify({
    time: new Date(timeMs).toISOString(),
    level,
    event,
    ...mapTexts(fields, hide),
  });
  return `${line.replace(UNSEEN, escapeUnits)}\n`;
}

function mapTexts(fields: LogEntry['fields'], change: (text: string) => string): LogEntry['fields'] {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, mapText(value, change)]));
}

function mapText(value: LogValue, change: (text: string) => string): LogValue {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((each) => mapText(each, change));
  return mapTexts(value, change);
}

function isList(value: LogValue): value is readonly LogValue[] {
  return Array.isArray(value);
}

/** Takes out passwords of URLs by their place, and every secret that is known by its text. */
function hiderOf(secrets: Iterable<string>): (text: string) => string {
  const known = [...secrets].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return (text) => known.reduce((hidden, secret) => hideSecret(hidden, secret), redactPasswords(text));
}

function hideSecret(text: string, secret: string): string {
  if (!text.includes(secret)) return text;
  if (secret.length >= LONG_SECRET) return text.replaceAll(secret, PLACEHOLDER);
  const escaped = secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'gu'), PLACEHOLDER);
}

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}
