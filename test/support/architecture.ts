import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import { parseAst } from 'vitest/node';

/** A source file; the path is relative to `src` with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What a file depends on: package names as written, and files of `src` by their path. */
export interface Import {
  readonly from: string;
  readonly specifier: string;
  /** Null for packages and for Node's own modules. */
  readonly file: string | null;
}

const MAX_LINES = 300;

/** Which folders the files of a folder may import from, beside their own. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  words: ['core'],
  engines: ['core'],
  hashing: ['core', 'engines'],
  config: ['core', 'engines', 'words'],
  log: ['core', 'config'],
  secrets: ['core', 'config'],
  waivers: ['core', 'config', 'secrets', 'words'],
  history: ['core', 'config', 'secrets', 'words'],
  tasks: ['core', 'engines', 'hashing', 'diagnosis'],
  runners: ['core', 'engines', 'hashing', 'tasks'],
  plan: ['core', 'engines', 'hashing', 'words'],
  state: ['core', 'plan', 'words'],
  run: ['core', 'engines', 'plan', 'runners', 'state', 'tasks', 'words'],
  checks: ['core', 'words'],
  diagnosis: ['core', 'engines', 'words'],
  report: ['core', 'words'],
  repair: ['core', 'engines', 'words'],
  app: [
    ...[
      'checks',
      'config',
      'core',
      'diagnosis',
      'engines',
      'hashing',
      'plan',
      'repair',
      'run',
      'runners',
      'state',
    ],
    ...['secrets', 'tasks', 'waivers', 'words'],
  ],
  evidence: ['app', 'config', 'core', 'report', 'words'],
  apply: ['app', 'config', 'core', 'engines', 'repair', 'words'],
  cli: [
    ...['app', 'apply', 'config', 'core', 'evidence', 'history', 'log', 'repair', 'report'],
    ...['secrets', 'waivers', 'words'],
  ],
};
/** What the package exports stands above all but the command line. */
const INDEX = ['app', 'apply', 'config', 'core', 'log', 'report', 'secrets', 'waivers', 'words'];
/** What may write stands apart: nothing that verifies can come by a connection that may. */
const WRITERS = /^engines\/(write-registry|[^/]+\/write-dialect)\.ts$/;
/** Reads every TypeScript file below a folder. */
export function readSourceFiles(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(folder, file).split(sep).join('/'), text: readFileSync(file, 'utf8') }));
}

/**
 * Lists the imports of the files: static, re-exported, dynamic, in types, and files named by `new URL(…)`, which is how
 * a worker thread is told its entry. The syntax tree is read, because a comment may show an import.
 */
export function readImports(files: readonly SourceFile[]): Import[] {
  return files.flatMap(({ path, text }) => {
    const specifiers = new Set<string>();
    collectSpecifiers(parseAst(text, { lang: 'ts' }), specifiers);
    return [...specifiers].map((specifier) => ({
      from: path,
      specifier,
      file: resolveFile(path, specifier),
    }));
  });
}

function collectSpecifiers(node: unknown, specifiers: Set<string>): void {
  if (Array.isArray(node)) {
    for (const child of node) collectSpecifiers(child, specifiers);
    return;
  }
  if (!isRecord(node)) return;
  const specifier = findSpecifier(node);
  if (specifier !== null) specifiers.add(specifier);
  for (const child of Object.values(node)) collectSpecifiers(child, specifiers);
}

function findSpecifier(node: Record<string, unknown>): string | null {
  if (isRecord(node.source) && typeof node.source.value === 'string') return node.source.value;
  if (node.type !== 'NewExpression' || !isRecord(node.callee) || node.callee.name !== 'URL') return null;
  const first: unknown = Array.isArray(node.arguments) ? node.arguments[0] : null;
  return isRecord(first) && typeof first.value === 'string' && first.value.startsWith('.')
    ? first.value
    : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function resolveFile(from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  return posix.normalize(posix.join(posix.dirname(from), specifier)).replace(/\.js$/, '.ts');
}

/** Files outside the house, and imports from folders that a folder must not know. */
export function findStrayArrows(files: readonly SourceFile[]): string[] {
  const homeless = files
    .filter(({ path }) => allowedFolders(path) === null)
    .map(({ path }) => `${path} is in no folder of the house`);
  const stray = readImports(files).flatMap(({ from, file }) => {
    if (file === null || file.startsWith('..')) return [];
    const [own, other] = [folderOf(from), folderOf(file)];
    const isAllowed = own === other || allowedFolders(from)?.includes(other ?? '') === true;
    return isAllowed ? [] : [`${from} imports ${file}`];
  });
  return [...homeless, ...stray];
}

function folderOf(path: string): string | null {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : null;
}

function allowedFolders(path: string): readonly string[] | null {
  const folder = folderOf(path);
  if (folder === null) return path === 'index.ts' ? INDEX : null;
  return ARROWS[folder] ?? null;
}

/** Every import cycle that a depth-first walk meets; imports of types count, because they couple files as well. */
export function findCycles(files: readonly SourceFile[]): string[] {
  const imports = readImports(files);
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      return;
    }
    if (finished.has(path)) return;
    for (const { from, file } of imports) if (from === path && file !== null) visit(file, [...trail, path]);
    finished.add(path);
  };
  for (const { path } of files) visit(path, []);
  return cycles;
}

/** Core takes time, files and sockets as parameters, so it imports only itself. */
export function findImpureCore(files: readonly SourceFile[]): string[] {
  return readImports(files)
    .filter(({ from, file }) => from.startsWith('core/') && !file?.startsWith('core/'))
    .map(({ from, specifier }) => `${from} imports ${specifier}`);
}

/** Database packages imported by anything but an engine's driver. */
export function findStrayDrivers(files: readonly SourceFile[]): string[] {
  return readImports(files)
    .filter(({ specifier }) => /^(mysql2|pg|pg-[^/]+)(\/|$)/.test(specifier))
    .filter(({ from }) => !/^engines\/.*-driver\.ts$/.test(from))
    .map(({ from, specifier }) => `${from} imports ${specifier}`);
}

/** Folders that treat every engine by its facts. */
const ENGINE_BLIND =
  /^(?:core|words|tasks|runners|plan|state|run|diagnosis|report|repair|app|apply|checks(?!\/\w+\/(?:system-accounts|known-accounts|patterns)\.ts))\//;
/** Those of them that do not even hand SQL on; repair SQL is put together from the pieces of its dialect. */
const SPEECHLESS =
  /^(?:core|words|hashing|config|tasks|runners|plan|state|run|diagnosis|report|app|checks)\//;

/** Names of engines in code, comments apart, that must treat every engine by its facts. */
export function findNamedEngines(files: readonly SourceFile[]): string[] {
  return findWords(files, ENGINE_BLIND, /mysql|mariadb|postgres(ql)?/gi);
}

/** Statements outside the engines and what writes repair SQL. */
export function findStatements(files: readonly SourceFile[]): string[] {
  return findWords(files, SPEECHLESS, /\bSELECT [^`'"]+ FROM\b|\bINSERT INTO\b|\bDELETE FROM\b|\bWHERE\s/g);
}

function findWords(files: readonly SourceFile[], where: RegExp, words: RegExp): string[] {
  return files
    .filter(({ path }) => where.test(path))
    .flatMap(({ path, text }) =>
      (withoutComments(text).match(words) ?? []).map((word) => `${path} says ${word}`),
    );
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** Engines that know each other: what two of them share lies above both. */
export function findRelatedEngines(files: readonly SourceFile[]): string[] {
  const engineOf = (path: string | null): string | null => path?.match(/^engines\/([^/]+)\//)?.[1] ?? null;
  return readImports(files).flatMap(({ from, file, specifier }) => {
    const [own, other] = [engineOf(from), engineOf(file)];
    return own !== null && other !== null && own !== other ? [`${from} imports ${specifier}`] : [];
  });
}

/** Files that reach what opens writing connections, apart from those that apply repairs. */
export function findStrayWriters(files: readonly SourceFile[]): string[] {
  return readImports(files)
    .filter(({ from, file }) => file !== null && WRITERS.test(file) && !WRITERS.test(from))
    .filter(({ from }) => !from.startsWith('apply/'))
    .map(({ from, specifier }) => `${from} imports ${specifier}`);
}

/** Files and folders whose name would let them hold anything. */
export function findVagueNames(files: readonly SourceFile[]): string[] {
  const isVague = (name: string) => /^(utils?|helpers?|common)$/i.test(name);
  return files
    .map(({ path }) => path)
    .filter((path) => [...dirname(path).split('/'), ...basename(path).split(/[.-]/)].some(isVague));
}

/** Files longer than a reader keeps in mind. */
export function findLongFiles(files: readonly SourceFile[]): string[] {
  return files
    .map(({ path, text }) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
}

/** Notes of unfinished work, which belong in an issue. */
export function findUnfinishedNotes(files: readonly SourceFile[]): string[] {
  return files.filter(({ text }) => /\b(TODO|FIXME)\b/.test(text)).map(({ path }) => path);
}

/** A handler that does not even look at the error, unless it throws another one. */
const BLIND_CATCH = /\bcatch \{(?!\s*throw\b)|\.catch\(\(\) =>|\.on\('error', \(\) =>/g;
const LINES_ABOVE = 3;
const LINES_BELOW = 2;

/** Handlers that drop an error, with neither a line of the log nor a comment beside them that says why nothing is lost. */
export function findDroppedErrors(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    return [...text.matchAll(BLIND_CATCH)]
      .map(({ index }) => text.slice(0, index).split('\n').length - 1)
      .filter(
        (at) =>
          !/\/\/ |\*\/|\blog\./.test(lines.slice(Math.max(0, at - LINES_ABOVE), at + LINES_BELOW).join('\n')),
      )
      .map((at) => `${path}:${at + 1} drops an error`);
  });
}
