import {animation} from '../shared/animation';
import type {image, number_or_none} from '../shared/document';
import {h, section} from '../shared/dom';
import {number_text} from '../shared/format';
import {theme_button} from '../shared/palette';

/** What `ravine slice --format json` prints: engine/slice/slice_document.hpp describes it. */
export interface slice_document {
  problem: string;
  plane: 'random' | 'ends' | 'path';
  axes: [string, string];
  explained: [number, number] | null;
  image: Omit<image, 'minima' | 'minimum' | 'start' | 'function_axes'>;
  paths: {label: string; step: number[]; x: number[]; y: number[]; loss: number_or_none[]; distance: number[]}[];
  notes: string[];
}

const about = {
  random: 'Two random directions, each filter as long as the same filter at the end of the first trial (Li et al. 2018). In so many dimensions a path is almost orthogonal to both: that it seems to stand still says nothing.',
  ends: 'The plane through the end points of three trials; distances are true.',
  path: 'The plane of the two first principal components of a path; distances are true.',
};

/** Contour and surface, with the paths on them; and how far from the plane they really are. */
export function slice_page(of: slice_document): HTMLElement[] {
  const stage = new animation(of.problem);
  const first = of.paths[0]!;
  const start: [number, number] = [first.x[0]!, first.y[0]!];
  // A path may lie deeper than all of the plane. No loss of a network is below 0.
  const least = [...of.image.losses, ...of.paths.flatMap((each) => each.loss)].reduce((a: number, b) => Math.min(a, b ?? Infinity), Infinity);
  stage.set_image({...of.image, minima: [], minimum: least >= 0 ? 0 : least, start, function_axes: [[0, 0], [1, 0], [0, 1]]});
  stage.set_paths(
      of.paths.map((each, i) => ({label: each.label, ink: i, step: each.step, x: each.x, y: each.y, loss: each.loss})),
      of.paths.map(() => ({text: '', is_fault: false})));
  const explained = of.explained && `They explain ${of.explained.map((each) => `${(100 * each).toFixed(1)} %`).join(' and ')} of the variance of the path of ${first.label}. `;
  const page = h('div', {class: 'sections'}, section('slice', `The loss on a plane of ${of.problem}`,
    `${about[of.plane]} ${explained ?? ''}The loss is that of a fixed sample of the training set; on the curve of a path it is taken at the path itself.`,
    ...of.notes.map((each) => h('p', {class: 'notice'}, each)),
    h('p', {}, `Across: ${of.axes[0]}. Up: ${of.axes[1]}.`),
    stage.element,
    h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Distances from the plane'}, h('table', {},
      h('caption', {}, 'How far each path is from the plane'),
      h('thead', {}, h('tr', {}, ...['path', 'at its start', 'farthest', 'at its end'].map((each, i) => h('th', {scope: 'col', class: i === 0 ? 'text' : undefined}, each)))),
      h('tbody', {}, ...of.paths.map((each) => h('tr', {}, h('th', {scope: 'row', class: 'text'}, each.label),
        ...[each.distance[0], Math.max(...each.distance), each.distance.at(-1)].map((value) => h('td', {}, number_text(value))))))))));
  return [
    h('header', {class: 'page'}, h('div', {}, h('p', {class: 'brand'}, 'Ravine'), h('h1', {}, of.problem),
      h('p', {class: 'muted'}, of.paths.map((each) => each.label).join(' · '))), theme_button()),
    page];
}
