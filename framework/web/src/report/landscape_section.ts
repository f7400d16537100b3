import {animation, type path_note} from '../shared/animation';
import {succeeded} from '../shared/document';
import {empty, field, h, select} from '../shared/dom';
import {counted, repetition_text} from '../shared/format';
import type {drawn_path} from '../shared/landscape_view';
import {path_of, type shown_problem} from './lines';

const most_paths = 12;  // that an eye tells apart

/** All optimizers' paths over the landscape, animated together. */
export function landscape(of: shown_problem): HTMLElement {
  const {images, note} = of.own.landscape!;
  if (images.length === 0) return empty(note || 'This landscape can’t be drawn.');
  const repetitions = [...new Set(of.chosen.flatMap((each) => each.trials.map((trial) => trial.repetition)))].sort((a, b) => a - b);
  const stage = new animation(of.summary.problem);
  let repetition = repetitions[0] ?? 1;
  let closeup = images.some((each) => each.is_closeup);
  const show = () => {
    const fitting = images.filter((each) => each.repetition === undefined || each.repetition === repetition);
    const image = fitting.find((each) => (each.is_closeup ?? false) === closeup) ?? fitting[0];
    const paths: drawn_path[] = [];
    const notes: path_note[] = [];
    for (const each of of.chosen.slice(0, most_paths)) {
      const index = each.trials.findIndex((trial) => trial.repetition === repetition);
      const path = index < 0 ? null : path_of(each.trials, index);
      if (!path) continue;
      const trial = each.trials[index]!;
      paths.push({label: each.name, ink: each.ink, step: path.step, x: path.x, y: path.y, loss: path.loss});
      const is_fault = !succeeded(trial.status);
      notes.push({text: is_fault ? trial.reason || trial.status : '', is_fault});
    }
    stage.set_image(image ?? null);
    stage.set_paths(paths, notes);
  };
  show();
  const differ = images.some((each) => each.repetition !== undefined) || of.chosen.some((each) => each.trials.some((trial, i) => i > 0 && typeof trial.path !== 'number'));
  return h('div', {},
    note && h('p', {class: 'notice'}, note),
    of.chosen.length > most_paths && h('p', {class: 'notice'}, `The first ${counted(most_paths, 'optimizer')} are shown.`),
    (differ || closeup) && h('div', {class: 'controls'},
      closeup && field('view', select([['near', 'around the paths'], ['whole', 'the whole box']], 'near', (value) => {
        closeup = value === 'near';
        show();
      })),
      differ && field('repetition', select(repetitions.map((each) => [String(each), repetition_text(each)]), String(repetition), (value) => {
        repetition = Number(value);
        show();
      }))),
    stage.element);
}
