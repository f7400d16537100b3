import {swatch} from '../shared/animation';
import {h, select} from '../shared/dom';
import {type catalog, find} from './catalog';
import {hyperparameter_fields} from './hyperparameter_field';
import {type driven, free_ink, new_run} from './state';

const most_runs = 12;

function schedule_fields(run: driven, plugins: catalog, change: () => void, rebuild: () => void): HTMLElement[] {
  const drawable = plugins.schedulers;
  const choice = select([['', 'none'], ...drawable.map((each): [string, string] => [each.id, each.id])], run.schedule, (value) => {
    run.schedule = value;
    run.schedule_with = {};
    rebuild();
    change();
  }, 'schedule of lr');
  const chosen = find(drawable, run.schedule);
  return [
    h('div', {class: 'hyper'}, h('span', {class: 'hyper-name', title: 'how lr changes from step to step'}, 'schedule'), choice),
    ...(chosen ? hyperparameter_fields(chosen.hyperparameters, run.schedule_with, change) : []),
  ];
}

/** The hyperparameters that matter most are in sight: lr and what else has a slider, three at most. */
function card(run: driven, runs: driven[], plugins: catalog, change: () => void, rebuild: () => void): HTMLElement {
  const found = find(plugins.optimizers, run.use);
  const pick = select(plugins.optimizers.map((each) => [each.id, each.id]), run.use, (value) => {
    run.use = value;
    run.with = {};
    rebuild();
    change();
  }, 'optimizer');
  if (!found) pick.prepend(h('option', {value: run.use, selected: true, disabled: true}, `${run.use} (not loaded)`));
  const remove = h('button', {type: 'button', class: 'quiet small', title: `Take ${run.use} away`, 'aria-label': `Take ${run.use} away`}, '×');
  remove.addEventListener('click', () => {
    runs.splice(runs.indexOf(run), 1);
    rebuild();
    change();
  });
  const all = found?.hyperparameters ?? [];
  const first = all.filter((each) => each.search || each.name === 'lr').slice(0, 3);
  const rest = all.filter((each) => !first.includes(each));
  const has_schedule = all.some((each) => each.name === 'lr' && each.schedulable);
  const is_open = run.schedule !== '' || rest.some((each) => each.name in run.with);
  return h('section', {class: 'run', 'aria-label': run.use},
    h('div', {class: 'run-head'}, swatch(run.ink), pick, remove),
    found ? null : h('p', {class: 'notice'}, 'No loaded plugin offers it.'),
    ...hyperparameter_fields(first, run.with, change),
    (rest.length > 0 || has_schedule) && h('details', {open: is_open}, h('summary', {class: 'muted'}, has_schedule ? 'more, and a schedule' : 'more'),
      ...hyperparameter_fields(rest, run.with, change),
      ...(has_schedule ? schedule_fields(run, plugins, change, rebuild) : [])));
}

/** A card for each optimizer that is driven, and the button for one more. `runs` is changed. */
export function run_cards(runs: driven[], plugins: () => catalog, change: () => void): {element: HTMLElement; rebuild(): void} {
  const element = h('div', {class: 'runs'});
  const rebuild = () => {
    const add = h('button', {type: 'button', disabled: runs.length >= most_runs}, 'Add an optimizer');
    add.addEventListener('click', () => {
      const unused = plugins().optimizers.find((each) => !runs.some((run) => run.use === each.id));
      runs.push(new_run(unused?.id ?? runs[0]?.use ?? 'sgd', free_ink(runs)));
      rebuild();
      change();
    });
    element.replaceChildren(...runs.map((run) => card(run, runs, plugins(), change, rebuild)), add);
  };
  rebuild();
  return {element, rebuild};
}
