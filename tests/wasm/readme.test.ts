// The README tells the truth: each of its commands prints what stands below it. (Its program: installed.test.ts.)

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../web/native.ts';

const readme = readFileSync(join(repository, 'README.md'), 'utf8');
const binary = process.env['ANYSLICE_NATIVE'] ?? join(repository, 'build/native/anyslice');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map((match) => match[1]!);

describe('the README', () => {
  it('has examples to check', () => {
    expect(blocks('console').length).toBeGreaterThan(2);
    expect(blocks('js')).toHaveLength(1);
  });

  it.each(blocks('console').map((block) => [block.split('\n')[0], block]))('%s', (_command, block) => {
    const [command, ...output] = block!.trimEnd().split('\n');
    const words = command!.replace('$ ./dev anyslice ', '').split(' ');
    const printed = execFileSync(binary, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(printed.trimEnd()).toBe(output.join('\n'));
  });

  it('has a card that extends a built-in one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'anyslice-readme-'));
    try {
      symlinkSync(join(repository, 'data'), join(folder, 'data'));
      writeFileSync(join(folder, 'three-events.json'), blocks('json')[0]!);
      const rate = JSON.parse(
        execFileSync(binary, ['rate', join(folder, 'three-events.json'), '--json'], { encoding: 'utf8' }),
      );
      expect(rate.bins[0].observed).toBe(3);
      expect(rate.bins[0].background).toBeCloseTo(1.9, 12);
      // The same with a table of one's own: fields as shown, the address and the digest of a table that there is.
      const { tables } = JSON.parse(`{${blocks('json')[1]}}`);
      const builtIn = JSON.parse(readFileSync(join(folder, 'data/analyses/microboone-kdar-scalar.json'), 'utf8'));
      tables.events.url = 'data/tables/microboone-kdar.safetensors.gz';
      tables.events.sha256 = builtIn.tables.events.sha256;
      const own = join(folder, 'own.json');
      writeFileSync(own, JSON.stringify({ ...JSON.parse(blocks('json')[0]!), tables }));
      const checked = execFileSync(binary, ['check', own], { encoding: 'utf8' });
      expect(checked).toContain('table digest, columns and units are right');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
