import {relief} from './contour';
import type {image, number_or_none} from './document';
import {type drawn_path, row_at} from './landscape_view';
import {ink_of} from './palette';
import {chart, type chart as figure_on_page} from './plotly';

/** How far paths lie above the surface, so that it does not hide them; the surface is 1 high. */
const lift = 0.012;

/**
 * The landscape in space, with the paths up to a step. Heights are those that the contour lines have: logarithmic,
 * and without spikes where a grid's point happens to lie close to a minimum.
 */
export function surface(name: string, drawn: () => image | null, paths: () => drawn_path[], step: () => number): figure_on_page {
  return chart(`${name} as a surface`, 560, (width) => {
    const away = width < 500 ? 1.45 : 1;  // the scene is as high as the figure and would be cut off
    const shown = drawn();
    if (!shown) return {data: [], layout: {}};
    const heights = new relief(shown);
    const axis = (i: 0 | 1) => Array.from({length: i === 0 ? shown.columns : shown.rows}, (_, cell) =>
        shown.lower[i] + (cell + 0.5) / (i === 0 ? shown.columns : shown.rows) * (shown.upper[i] - shown.lower[i]));
    const rows = Array.from({length: shown.rows}, (_, row) => Array.from(
        heights.heights.subarray(row * shown.columns, (row + 1) * shown.columns), (each) => Number.isNaN(each) ? null : each));
    const on_surface = (x: number_or_none, y: number_or_none): number_or_none => {
      if (x === null || y === null) return null;
      const share = [x, y].map((value, i) => (value - shown.lower[i]!) / (shown.upper[i]! - shown.lower[i]!));
      if (share.some((each) => !(each >= 0 && each <= 1))) return null;
      return heights.at(share[0]! * shown.columns, share[1]! * shown.rows) + lift;
    };
    return {
      data: [
        {type: 'surface', x: axis(0), y: axis(1), z: rows, colorscale: 'Cividis', showscale: false, opacity: 0.95,
         contours: {z: {show: true, start: 0, end: 1, size: 1 / 16, color: 'rgba(255,255,255,0.35)', width: 1}},
         hovertemplate: '%{x:.4g}, %{y:.4g}<extra></extra>'},
        ...paths().map((each) => {
          const until = row_at(each.step, step()) + 1;
          const [x, y] = [each.x.slice(0, until), each.y.slice(0, until)];
          const z = x.map((value, i) => on_surface(value, y[i] ?? null));
          const within = (values: number_or_none[]) => values.map((value, i) => z[i] === null ? null : value);
          return {type: 'scatter3d', mode: 'lines+markers', name: each.label, x: within(x), y: within(y), z,
                  line: {color: ink_of(each.ink).colour, width: 7},
                  marker: {color: ink_of(each.ink).colour, size: x.map((_, i) => i === until - 1 ? 6 : 0)}};
        }),
      ],
      layout: {
        margin: {l: 0, r: 0, t: 0, b: 0}, uirevision: name,
        scene: {xaxis: {title: {text: 'x'}, range: [shown.lower[0], shown.upper[0]]}, yaxis: {title: {text: 'y'}, range: [shown.lower[1], shown.upper[1]]},
                zaxis: {title: {text: 'loss (logarithmic)'}, showticklabels: false}, camera: {eye: {x: 1.3 * away, y: -1.5 * away, z: 0.9 * away}}},
      },
    };
  });
}
