// What exports are made of, without a browser: names, text and paths of SVG, numbers of charts.

import { describe, expect, it } from 'vitest';
import { chartCsv } from '../../web/src/export/chart_csv.ts';
import { figureName, fileName, pointName } from '../../web/src/export/download.ts';
import { IDENTITY, product, SvgPath, scaleOf } from '../../web/src/export/svg_path.ts';
import { escaped, parseFont, spans } from '../../web/src/export/svg_text.ts';
import type { PlotModel } from '../../web/src/plot/model.ts';
import { parseText } from '../../web/src/plot/rich_text.ts';
import { defaults } from '../../web/src/state.ts';
import { planeCard, seriesCard } from './fixtures.ts';

describe('names of files', () => {
  it('say card, figure, values and level', () => {
    const state = defaults(seriesCard, 'series', 'masses');
    expect(figureName(seriesCard, { ...state, set: { lifetime: 1.23456e-6 } })).toBe(
      'series_masses_lifetime=0.00000123_cl=0.95',
    );
    expect(figureName(seriesCard, { ...state, variant: 'published', set: {} })).toBe('series_masses_cl=0.95_published');
  });

  it('say which axes, where they are not those of the figure', () => {
    const state = defaults(planeCard, 'plane', 'masses');
    if (state.kind !== 'contour') throw new Error('The figure should be one of contours.');
    expect(figureName(planeCard, { ...state, set: {} })).toBe('plane_masses_cl=0.9');
    const moved = { ...state, axes: { x: 'mN', y: 'epsilon' }, set: { mZ: 0.03, epsilon: 1e-3 } };
    expect(figureName(planeCard, moved)).toBe('plane_masses_mN-epsilon_mZ=0.03_cl=0.9');
    expect(pointName(state, { mN: 0.1 })).toBe('plane_point_mN=0.1');
  });

  it('hold nothing that a file system refuses', () => {
    expect(fileName('a/b:c', ' "d" ', 'csv')).toBe('a-b-c_d.csv');
  });
});

describe('paths', () => {
  it('are written short, to hundredths', () => {
    const path = new SvgPath();
    path.lineTo(1.001, 2);
    path.lineTo(1.002, 2);
    path.lineTo(-0.001, 3.456);
    path.closePath();
    expect(String(path)).toBe('M1 2L0 3.46Z');
    expect(String(new SvgPath())).toBe('');
  });

  it('move with the matrix, circles too', () => {
    const turned = product(IDENTITY, [0, 2, -2, 0, 10, 0]);
    expect(scaleOf(turned)).toBe(2);
    const circle = new SvgPath();
    circle.arc(0, 0, 1, 0, 2 * Math.PI);
    const moved = new SvgPath();
    moved.add(circle, turned);
    expect(String(moved)).toBe('M10 2A2 2 0 0 1 10 -2A2 2 0 0 1 10 2');
  });
});

describe('text', () => {
  it('has italic letters, subscripts that return to the line, and raised figures', () => {
    const text = spans(parseText('mass {m_N} < 10⁻⁶ GeV'), 10);
    expect(text).toBe(
      'mass <tspan font-style="italic">m</tspan><tspan dy="1.9" font-size="7.4">N</tspan>' +
        '<tspan dy="-1.9"> &lt; 10</tspan><tspan dy="-3.7" font-size="7.4">−6</tspan><tspan dy="3.7"> GeV</tspan>',
    );
  });

  it('knows the fonts of a canvas', () => {
    expect(parseFont('italic 600 12.5px Arial, "Liberation Sans"')).toEqual({
      size: 12.5,
      family: 'Arial, "Liberation Sans"',
      attributes: ' font-style="italic" font-weight="600"',
    });
    expect(parseFont('13px serif').attributes).toBe('');
  });

  it('holds nothing that breaks XML', () => {
    expect(escaped('a<b>&"\u0001')).toBe('a&lt;b&gt;&amp;&quot;');
  });
});

describe('numbers of a chart', () => {
  const axes = {
    x: { range: [0, 1] as [number, number], scale: 'lin' as const, title: 'energy {E_e} [GeV]' },
    y: { range: [0, 1] as [number, number], scale: 'lin' as const, title: 'events' },
  };
  const model: PlotModel = {
    ...{ ...axes, heat: null, areas: [], hatched: [], blank: [], edges: [], marks: [], published: null },
    curves: [
      {
        role: 'series',
        index: 1,
        label: '',
        lines: [
          [
            [0, 1 / 3],
            [1, 2e-20],
          ],
        ],
      },
    ],
  };

  it('are rows of a curve under its name', () => {
    expect(chartCsv(model, 'Title', ['one, two'])).toBe(
      '# Title\n# x: energy E_e [GeV]\n# y: events\ncurve,x,y\n"one, two",0,0.3333333333\n"one, two",1,2e-20\n',
    );
    // What they are of stands before.
    const said = ['plane', '{m_N} = 0.1\u00a0GeV\u00a0· projection T2K-I'];
    expect(chartCsv(model, '', [], said).split('\n').slice(0, 3)).toEqual([
      '# plane',
      '# m_N = 0.1 GeV · projection T2K-I',
      '# x: energy E_e [GeV]',
    ]);
  });

  it('are the cells of a map, empty where nothing is known', () => {
    const field = { x: [1, 2], y: [10], values: [[0.5, null]] };
    const heat = {
      field,
      title: 'events per cell',
      focus: [0, 1] as [number, number],
      scales: { x: 'lin' as const, y: 'lin' as const },
    };
    expect(
      chartCsv({ ...model, heat }, '')
        .split('\n')
        .slice(2),
    ).toEqual(['x,y,events per cell', '1,10,0.5', '2,10,', '']);
  });
});
