// The licences of everything that is in the page, in one text: of the packages that the bundler has found in the
// scripts, by their own files, and of what is compiled into the core, by the files beside this one.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const LINE = '-'.repeat(100);

/** `modules`: the paths of all modules in the scripts. */
export function licences(modules) {
  const packages = new Set(modules.map(packageOf).filter((folder) => folder !== null));
  const texts = [...packages].sort().map(licenceOfPackage);
  for (const file of readdirSync(join(here, 'licences')).sort()) {
    texts.push(readFileSync(join(here, 'licences', file), 'utf8').trim());
  }
  const project = readFileSync(join(here, '../../LICENSE'), 'utf8').trim();
  const head = 'anyslice contains the software listed below. It is itself under this licence:';
  return `${[`${head}\n\n${project}`, ...texts].join(`\n\n${LINE}\n\n`)}\n`;
}

/** The folder of the package that a module belongs to; null for the page's own modules. */
function packageOf(module) {
  // What the bundler makes up begins with a null character.
  const path = module.replace(/^\0/, '').split('?')[0];
  return path.match(/^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0] ?? null;
}

function licenceOfPackage(folder) {
  const { name, version, license, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
  if (!file || !existsSync(join(folder, file))) {
    throw new Error(`${name} is in the page, but its package has no file with its licence (${license}).`);
  }
  const text = readFileSync(join(folder, file), 'utf8').trim();
  return `${name} ${version}${homepage ? ` (${homepage})` : ''}\n${license}. In the page.\n\n${text}`;
}
