// The chain from beam to verdict: its factors multiply up to the prediction, its numbers are those of other commands, and
// what is wrong in a card's chain is refused in one line.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { anyslice, assertRefused, card, cardName, root } from './command.mjs';

async function json(...words) {
  const result = await anyslice(...words, '--json');
  assert.equal(result.status, 0, `${words.join(' ')}: ${result.stderr}`);
  return JSON.parse(result.stdout);
}

const near = (value, expected, relative, what) =>
  assert.ok(Math.abs(value - expected) <= relative * Math.abs(expected), `${what}: ${value}, expected ${expected}`);
const value = ({ steps }, label) => steps.find((step) => step.label.startsWith(label)).value;
const conclusion = (answer, label) => answer.conclusion.find((step) => step.label.startsWith(label)).value;

const points = [
  [cardName, '--set', 'mS=140', '--set', 'theta=4e-4'],
  ['microboone-kdar-x', '--set', 'mX=150', '--set', 'tau_X=1e-6', '--set', 'BR_product=1e-11'],
  ['nd280-dark-neutrino-heavy', '--at', 'B'],
  ['nd280-dark-neutrino-light', '--at', 'A'],
];

for (const [name, ...point] of points) {
  describe(`the chain of ${name}`, () => {
    for (const more of [[], ['--exposure-scale', '3']]) {
      test(`multiplies up to the prediction ${more.join(' ')}`, async () => {
        const answer = await json('explain', name, ...point, ...more);
        const rate = await json('rate', name, ...point, ...more);
        assert.deepEqual(answer.point, rate.point);
        assert.equal(answer.mu, rate.mu);
        near(
          answer.chains.reduce((sum, { product }) => sum + product, 0),
          rate.mu,
          1e-9,
          'sum of the products',
        );
        for (const chain of answer.chains) {
          const factors = chain.steps.filter(({ factor }) => factor);
          near(
            factors.reduce((product, step) => product * step.value, 1),
            chain.mu,
            1e-9,
            chain.label,
          );
          for (const { label, formula, source, unit } of chain.steps)
            assert.ok(label && formula.text && formula.latex && source && unit, label);
        }
        near(
          answer.bins.reduce((sum, { delta_lnl }) => sum + delta_lnl, 0),
          rate.delta_lnl,
          1e-9,
          'rises of -ln L',
        );
        near(
          answer.channels.reduce((sum, { mu }) => sum + mu, 0),
          rate.mu,
          1e-9,
          'sum over channels',
        );
      });
    }
  });
}

test('kaons stopped, branching ratios and flight are those of the model', async () => {
  const [name, ...point] = points[0];
  const { chains, mu } = await json('explain', name, ...point);
  const { derived } = await json('rate', name, ...point);
  const [chain] = chains;
  near(value(chain, 'kaons stopped in'), 0.085 / 0.6356, 1e-12, 'kaons per proton');
  near(value(chain, 'branching ratio of K'), derived.BR_K_piS.value, 1e-12, 'BR');
  // A box of 2.6 x 2.3 x 10.4 m some 102 m away, seen from below its end, at most under its largest area.
  const solidAngle = value(chain, 'share of all directions');
  assert.ok(solidAngle > (2 * 2) / (4 * Math.PI * 115 ** 2) && solidAngle < (12 * 3.5) / (4 * Math.PI * 95 ** 2));
  // Flights are much longer than the detector: way over decay length, a few metres of it.
  const length = derived.ctau0.value * derived.beta_gamma.value;
  const way = value(chain, 'probability to decay') * length;
  assert.ok(way > 1 && way < 11, `${way} m`);
  near(value(chain, 'expected signal'), mu, 1e-12, 'mu');
});

test('interactions and selected events are the totals, and some of them cross a TPC and decay there', async () => {
  const { chains } = await json('explain', 'nd280-dark-neutrino-heavy', '--at', 'B');
  const { totals, mu } = await json('rate', 'nd280-dark-neutrino-heavy', '--at', 'B');
  const [chain] = chains;
  near(value(chain, 'interactions'), totals.interactions.value, 1e-12, 'interactions');
  near(value(chain, 'selected, wherever'), totals.selected.value, 1e-12, 'selected');
  near(value(chain, 'share that passes'), totals.selected.value / totals.interactions.value / 0.1, 1e-12, 'cuts');
  const crossing = value(chain, 'share that crosses');
  assert.ok(crossing > 0 && crossing < 1, `${crossing}`);
  near(totals.selected.value * crossing * value(chain, 'probability to decay'), mu, 1e-9, 'mu');
});

test('events of the light mediator are those of the maps of interactions, where nothing is cut', async () => {
  const { chains } = await json('explain', 'nd280-dark-neutrino-light', '--at', 'A');
  const rate = await json('rate', 'nd280-dark-neutrino-light', '--at', 'A');
  const [argon] = chains;
  // The table and the maps are two estimates of one number: within the statistics of the table and the kernel's 2 %.
  const events = argon.steps.find(({ label }) => label.startsWith('selected, wherever'));
  const tabulated = rate.totals.selected_argon.value;
  assert.ok(
    Math.abs(events.value - tabulated) < 4 * events.mc_error + 0.02 * tabulated,
    `${events.value} ${tabulated}`,
  );
});

describe('the verdict', () => {
  test('of a counting experiment is that of its CLs', async () => {
    const [name] = points[0];
    for (const theta of ['3e-4', '5e-4']) {
      const point = ['--set', 'mS=140', '--set', `theta=${theta}`];
      const { verdict, conclusion } = await json('explain', name, ...point);
      const { mu } = await json('rate', name, ...point);
      const limit = await json('limit', name, '--versus', 'mS=140');
      assert.equal(verdict.excluded, Number(theta) > limit.points[0].observed);
      assert.equal(verdict.excluded, mu > limit.signal_limits.observed.value);
      assert.equal(verdict.excluded, conclusion[0].value <= conclusion[1].value);
      assert.deepEqual(verdict.comparison, {
        what: 'CLs',
        value: conclusion[0].value,
        relation: 'at most',
        limit: conclusion[1].value,
        unit: '1',
      });
    }
  });

  test('by the likelihood is that of the contour, and its -ln L that of evaluate', async () => {
    const name = 'nd280-dark-neutrino-light';
    const contour = await json('contour', name, '--x', 'mN', '--y', 'UmuN2', '--resolution', 'coarse');
    for (const UmuN2 of ['2e-9', '2e-6']) {
      const answer = await json('explain', name, '--set', `UmuN2=${UmuN2}`, '--x', 'mN', '--y', 'UmuN2');
      near(conclusion(answer, '−ln L at its lowest'), contour.minimum.value, 1e-9, 'minimum');
      near(conclusion(answer, 'how far it may'), contour.level, 1e-12, 'level');
      const [x, y] = [answer.point.mN, answer.point.UmuN2];
      assert.equal(answer.verdict.excluded, inside(contour.rings, x, y), UmuN2);
      const rise = conclusion(answer, 'rise of');
      assert.equal(answer.verdict.excluded, rise > contour.level);
      const { what, value, relation, limit } = answer.verdict.comparison;
      assert.deepEqual([what, value, relation, limit], ['rise of −ln L', rise, 'above', contour.level]);
      const { stdout } = await anyslice('explain', name, '--set', `UmuN2=${UmuN2}`, '--x', 'mN', '--y', 'UmuN2');
      const found = stdout.match(/excluded at 90 % CL: rise of −ln L (\S+) (\S+) 2\.303 \(delta-lnl-2\)$/m);
      assert.ok(found, stdout);
      near(Number(found[1]), rise, 1e-3, 'rise, as printed');
      assert.equal(found[2], rise > contour.level ? '>' : '<=');
      near(rise, conclusion(answer, '−ln L at the point') - contour.minimum.value, 1e-9, 'rise');
    }
  });

  test('of many bins by CLs is that of the strength', async () => {
    const name = 'nd280-dark-neutrino-heavy';
    const answer = await json('explain', name, '--at', 'B', '--method', 'cls-asymptotic');
    const strength = await json('strength', name, '--at', 'B');
    assert.equal(conclusion(answer, 'CLs'), strength.CLs);
    assert.equal(answer.verdict.excluded, strength.CLs <= 0.1);
  });

  test('is none where the events cannot support one', async () => {
    const { verdict } = await json(
      'explain',
      'nd280-dark-neutrino-heavy',
      '--at',
      'B',
      '--set',
      'mN=0.95',
      '--set',
      'UmuN2=1e-3',
    );
    assert.equal(verdict.excluded, null);
    assert.equal(verdict.comparison, null);
    assert.match(verdict.reason, /kernel/);
  });
});

test('channels and parts have their own chains, and a factor without a value says so', async () => {
  const light = await json('explain', 'nd280-dark-neutrino-light', '--at', 'A', '--channels', 'analysis-I');
  assert.deepEqual(
    light.chains.map(({ channels }) => channels),
    [['analysis-I']],
  );
  const part = await json('explain', 'nd280-dark-neutrino-heavy', '--at', 'B', '--part', 'FGD');
  near(part.chains[0].product, part.mu, 1e-9, 'FGD');
  const upgraded = await anyslice('explain', 'nd280-dark-neutrino-heavy', '--at', 'B', '--projection', 'T2K-II');
  assert.equal(upgraded.status, 0);
  assert.match(upgraded.stdout, /a factor has no value/);
  assert.match(upgraded.stdout, /excluded at 90 % CL/);
  const without = await json('explain', join(root, 'data/analyses/nd280-dark-neutrino-heavy.json'), '--at', 'B');
  assert.equal(without.chains.length, 1);
});

describe('a chain that is wrong', () => {
  const base = card(cardName);
  const cases = [
    ['an unknown name', (steps) => (steps[0].expression = 'kaonz'), ['chain[0].steps[0].expression', 'kaonz']],
    [
      'a step before it is there',
      (steps) => {
        steps[0].expression = 'late';
        steps[1].name = 'late';
      },
      ['chain[0].steps[0].expression', 'late'],
    ],
    [
      'a total of a card without any',
      (steps) => {
        delete steps[0].expression;
        steps[0].total = 'interactions';
      },
      ['chain[0].steps[0].total', 'none'],
    ],
    ['two kinds', (steps) => (steps[0].events = 'all'), ['chain[0].steps[0]', 'expected one of']],
    ['a name that is taken', (steps) => (steps[0].name = 'pot'), ['chain[0].steps[0].name', 'taken']],
    [
      'no factor',
      (steps) => {
        for (const step of steps) delete step.factor;
      },
      ['chain[0].steps', 'factor'],
    ],
    ['an unknown field', (steps) => (steps[0].colour = 'red'), ['chain[0].steps[0].colour']],
  ];
  for (const [what, change, texts] of cases) {
    test(`is refused: ${what}`, async (context) => {
      const path = mkdtempSync(join(tmpdir(), 'anyslice-'));
      context.after(() => rmSync(path, { recursive: true, force: true }));
      const chain = structuredClone(base.chain);
      change(chain[0].steps);
      const own = join(path, 'own.json');
      const extended = join(root, 'data/analyses', `${cardName}.json`);
      writeFileSync(own, JSON.stringify({ anyslice: '1', name: 'own', extends: extended, chain }));
      assertRefused(await anyslice('show', own), texts);
    });
  }
});

describe('what to cite', () => {
  test('is no article where there is no journal', async () => {
    const { stdout } = await anyslice('cite', 'nd280-dark-neutrino-heavy');
    assert.match(stdout, /^@misc\{arXiv-2205\.12273,$/m);
    assert.match(stdout, /^ {2}eprint = \{2205\.12273\},\n {2}archivePrefix = \{arXiv\}$/m);
    assert.ok(!stdout.includes('@article'));
  });

  test('is the papers, and the software with the digests', async () => {
    const { stdout, status } = await anyslice('cite', cardName);
    assert.equal(status, 0);
    const [paper] = card(cardName).about.papers;
    assert.match(stdout, /^@article\{MicroBooNE:2021usw,$/m);
    for (const text of [paper.doi, paper.arxiv, `{${paper.title}}`, 'journal = {Phys. Rev. Lett.}', 'year = {2021}'])
      assert.ok(stdout.includes(text), text);
    const facts = readFileSync(join(root, 'CITATION.cff'), 'utf8');
    const fact = (name) => facts.match(new RegExp(`^${name}: "?([^"\\n]*)"?$`, 'm'))[1];
    assert.ok(stdout.includes(`title = {{${fact('title')}}}`));
    assert.ok(stdout.includes(`Version ${fact('version')}`));
    assert.ok(stdout.includes('author = {{anyslice authors}}') && facts.includes('name: anyslice authors'));
    assert.ok(stdout.includes(card(cardName).tables.events.sha256));
    // Braces are balanced in every entry.
    let depth = 0;
    for (const character of stdout) {
      if (character === '{') depth++;
      if (character === '}') depth--;
      assert.ok(depth >= 0);
    }
    assert.equal(depth, 0);
  });
});

/// Whether a point lies inside rings by the even-odd rule, in the logarithms of both axes.
function inside(rings, x, y) {
  const [px, py] = [Math.log(x), Math.log(y)];
  let isInside = false;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [[x0, y0], [x1, y1]] = [ring[i - 1].map(Math.log), ring[i].map(Math.log)];
      if (y0 > py !== y1 > py && px < x0 + ((x1 - x0) * (py - y0)) / (y1 - y0)) isInside = !isInside;
    }
  }
  return isInside;
}
