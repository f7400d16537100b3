import {swatch} from '../shared/animation';
import {h, select} from '../shared/dom';
import {type catalog, find} from './catalog';
import {type around_fields, optimizer_choice} from './optimizer_choice';
import {change_use, rule_fields} from './rule_fields';
import {schedule_curve, type schedule_values} from './schedule_curve';
import {type driven, free_ink, name_of, new_run} from './state';

const most_runs = 12;

/** The folders of some files, as few of the last ones as tell them apart; with the names of the files if these differ. */
export function short_paths(files: string[]): string[] {
  const parts = files.map((each) => each.split('/'));
  const is_one_name = new Set(parts.map((each) => each.at(-1))).size === 1 && files.length > 1;
  const folders = is_one_name ? parts.map((each) => each.slice(0, -1)) : parts;
  for (let count = 1; ; ++count) {
    const short = folders.map((each) => each.slice(-count).join('/'));
    if (new Set(short).size === new Set(files).size || folders.every((each) => each.length <= count)) return short;
  }
}

/** Which of several plugins of one name. */
function build_choice(run: driven, {plugins, change}: around_fields): HTMLElement | false {
  const builds = find(plugins.optimizers, run.use)?.builds ?? [];
  if (builds.length < 2 && !run.build) return false;
  const all = run.build && !builds.includes(run.build) ? [...builds, run.build] : builds;
  const short = short_paths(all);
  const pick = select(all.map((file, i) => [i === 0 ? '' : file, short[i]!]), run.build ?? '', (value) => {
    if (value) run.build = value;
    else delete run.build;
    change();
  }, `build of ${run.use}`);
  pick.title = all.join('\n');
  return h('div', {class: 'hyper'}, h('span', {class: 'hyper-name', title: 'several plugins have this name'}, 'build'), pick);
}

function card(run: driven, runs: driven[], offers_builds: boolean, within: around_fields): HTMLElement {
  const {plugins, change, rebuild} = within;
  const name = name_of(run);
  const pick = optimizer_choice(plugins.optimizers, run.use, (value) => {
    change_use(run, value, plugins);
    delete run.build;
    rebuild();
    change();
  }, 'optimizer');
  const remove = h('button', {type: 'button', class: 'quiet small', title: `Take ${name} away`, 'aria-label': `Take ${name} away`}, '×');
  remove.addEventListener('click', () => {
    runs.splice(runs.indexOf(run), 1);
    rebuild();
    change();
  });
  return h('section', {class: 'run', 'aria-label': name},
    h('div', {class: 'run-head'}, swatch(run.ink), pick, remove),
    offers_builds && build_choice(run, within),
    ...rule_fields(run, within));
}

export interface run_cards {
  element: HTMLElement;
  rebuild(): void;
  /** Draws the schedules beside their fields, one for each run; null where there is none. */
  show_schedules(all: (schedule_values | null)[]): void;
}

/** A card for each optimizer that is driven, and the button for one more. `runs` is changed; builds are chosen among where `offers_builds`. */
export function run_cards(runs: driven[], plugins: () => catalog, change: () => void, offers_builds = false): run_cards {
  const element = h('div', {class: 'runs'});
  let schedules: (schedule_values | null)[] = [];
  const show_schedules = (all: (schedule_values | null)[]) => {
    schedules = all;
    [...element.querySelectorAll(':scope > .run')].forEach((each, i) => {
      const of = schedules[i];
      each.querySelector(':scope > details > .schedule-curve')?.replaceChildren(...(of ? [schedule_curve(of)] : []));
    });
  };
  const rebuild = () => {
    const add = h('button', {type: 'button', disabled: runs.length >= most_runs}, 'Add an optimizer');
    add.addEventListener('click', () => {
      const unused = plugins().optimizers.find((each) => !each.wraps && !runs.some((run) => run.use === each.id));
      runs.push(new_run(unused?.id ?? runs[0]?.use ?? 'sgd', free_ink(runs)));
      rebuild();
      change();
    });
    element.replaceChildren(...runs.map((run) => card(run, runs, offers_builds, {plugins: plugins(), change, rebuild})), add);
    show_schedules(schedules);
  };
  rebuild();
  return {element, rebuild, show_schedules};
}
