// The built-in cards against the JSON Schema of cards, as they are written and with what they extend merged in.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { card, root } from './command.mjs';

const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const names = read('data/analyses/index.json').map((file) => file.replace(/\.json$/, ''));

// The npm packages of the page have the validator.
const Ajv2020 = createRequire(join(root, 'web/package.json'))('ajv/dist/2020').default;

function validate(document) {
  const validator = new Ajv2020({ allErrors: true, strictTypes: false });
  const validates = validator.compile(read('data/schema/card.schema.json'));
  return { valid: validates(document), errors: JSON.stringify(validates.errors, null, 1) };
}

/// RFC 7396: objects merge, null removes, everything else replaces.
function mergePatch(target, patch) {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const merged = target !== null && typeof target === 'object' && !Array.isArray(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

function merged(name) {
  const { extends: base, ...own } = card(name);
  return base ? mergePatch(merged(base.replace(/\.json$/, '')), own) : own;
}

for (const name of names) {
  test(`${name} is as the schema says`, () => {
    const { valid, errors } = validate(card(name));
    assert.ok(valid, errors);
  });
  test(`${name} with what it extends is as the schema says`, () => {
    const { valid, errors } = validate(merged(name));
    assert.ok(valid, errors);
  });
}

const edits = [
  ['no version', (c) => delete c.anyslice],
  ['another version', (c) => (c.anyslice = '2')],
  ['an unknown field', (c) => (c.colour = 'red')],
  ['an unknown field inside', (c) => (c.parameters.mS.colour = 'red')],
  ['a wrong type', (c) => (c.parameters.mS.range = 'wide')],
  ['an unknown scale', (c) => (c.parameters.mS.scale = 'cubic')],
  ['an unknown factor', (c) => (c.weight[0].factor = 'sprinkle')],
  ['a factor without its column', (c) => delete c.weight[0].column],
  ['a negative background', (c) => (c.channels['signal-region'].bins[0].backgrounds.neutrino.expected = -1)],
  ['half an event observed', (c) => (c.channels['signal-region'].bins[0].observed = 1.5)],
  ['an unknown method', (c) => (c.limits.method = 'guess')],
  ['a level in percent', (c) => (c.limits.level = 95)],
  ['an overlay with two sources', (c) => (c.overlays.E949.function = 'theta_KCV')],
  ['no parameters', (c) => delete c.parameters],
];
for (const [what, edit] of edits)
  test(`the schema refuses a card with ${what}`, () => {
    const edited = card();
    edit(edited);
    assert.ok(!validate(edited).valid);
  });
