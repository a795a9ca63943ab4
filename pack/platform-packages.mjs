/**
 * Sets the packages that hold a program for one platform aside while the tarball is packed, and puts them back behind it.
 *
 * `npm pack` takes every installed package below a bundled one with it. `@napi-rs/nice` is piscina's optional way to change
 * the priority of a thread, which is not used here: its program is good for the packing machine's platform only.
 */
import { existsSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [step] = process.argv.slice(2);
const place = (path) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));
const [inside, aside] = [place('@napi-rs'), place('.set-aside-napi-rs')];
const [from, to] = step === 'back' ? [aside, inside] : [inside, aside];

if (existsSync(from) && !existsSync(to)) renameSync(from, to);
