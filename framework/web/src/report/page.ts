import type {report_document} from '../shared/document';
import {empty, h, section, select} from '../shared/dom';
import {count_text, counted} from '../shared/format';
import {theme_button} from '../shared/palette';
import {print_everything} from '../shared/printing';
import {contents} from './contents';
import {curvature, has_curvature} from './curvature';
import {curves, has_schedules} from './curves';
import {cost_bars, data_profile, mean_ranks, parallel_coordinates, performance_profile, runtime_distribution, sensitivity, time_to_target, tuning_budget} from './figures';
import {landscape} from './landscape_section';
import {shown_problems, type shown_problem} from './lines';
import {overview} from './overview';
import {provenance} from './provenance';
import {summary_table} from './summary_table';

const most_open = 3;

/** Each text once, with the problems that it concerns. */
export function merged_warnings(document: report_document): {text: string; about: string[]}[] {
  const about = new Map<string, string[]>(document.comparison.warnings.map((text) => [text, []]));
  for (const each of document.comparison.problems) {
    for (const text of each.warnings) about.set(text, [...about.get(text) ?? [], each.problem]);
  }
  return [...about].map(([text, problems]) => ({text, about: problems}));
}

function warnings(document: report_document): HTMLElement | null {
  const all = merged_warnings(document);
  if (all.length === 0) return null;
  const of_all = document.comparison.problems.length;
  const items = all.map(({text, about}) => h('li', {},
    about.length > 0 && of_all > 1 && h('b', {}, `${about.length === of_all ? 'all problems' : about.join(', ')}: `), text));
  return h('aside', {id: 'warnings', class: 'warnings', 'aria-labelledby': 'warnings-title'},
    h('h2', {id: 'warnings-title'}, `Before you conclude: ${counted(all.length, 'warning')}`),
    h('ul', {}, ...items.slice(0, most_open)),
    items.length > most_open && h('details', {}, h('summary', {}, `${count_text(items.length - most_open)} more`), h('ul', {}, ...items.slice(most_open))));
}

/** What is not drawn. */
function thinned(document: report_document): HTMLElement | null {
  const {drawn, all} = document.trials;
  if (drawn === all) return null;
  return h('p', {class: 'notice', id: 'thinned'}, `Curves, paths and marks of ${count_text(drawn)} of ${counted(all, 'trial')} are drawn, the first repetitions of ` +
      'the lines that are compared and of some points of searches. All numbers are of all trials.' +
      (document.lines.drawn < document.lines.all ? ` ${count_text(document.lines.all - document.lines.drawn)} points of searches are left out, none of which was chosen.` : ''));
}

function searched(of: shown_problem): HTMLElement[] {
  const hyperparameters = [...new Set(of.summary.sensitivities.map((each) => each.hyperparameter))];
  const optimizers = [...new Set(of.summary.configurations.filter((each) => Object.keys(each.point).length > 1).map((each) => each.optimizer))];
  const all: HTMLElement[] = [];
  if (hyperparameters.length > 0) {
    all.push(section('sensitivity', 'Sensitivity',
      'Best median score at each value tried; the largest mark is the best value. A flat line forgives a wrong choice.',
      h('div', {class: 'grid'}, ...hyperparameters.map((each) => sensitivity(of, each)))));
  }
  if (of.summary.tuning_budgets.length > 0) {
    all.push(section('budget', 'Best of k', 'The score to expect had only k of the search points been tried.', tuning_budget(of)));
  }
  if (optimizers.length > 0) {
    const place = h('div', {}, parallel_coordinates(of, optimizers[0]!));
    all.push(section('search', 'Search points', 'Each line is one point of the search, from orange, the worst score, to blue, the best; drag along an axis to choose some.',
      optimizers.length > 1 && h('div', {class: 'controls'}, select(optimizers.map((each) => [each, each]), optimizers[0]!,
        (each) => place.replaceChildren(parallel_coordinates(of, each)), 'optimizer')),
      place));
  }
  return all;
}

function problem_sections(of: shown_problem, document: report_document): HTMLElement[] {
  return [
    section('summary', 'Summary', '★ marks the best median of a column where it is told apart from every other line. Failed trials count as the worst possible.',
            summary_table(of, document.baseline)),
    ...(of.own.landscape ? [section('landscape', 'Paths over the landscape',
        'The ring is the start, stars are known minima. Play, or drag along the loss curve.', landscape(of))] : []),
    section('curves', 'Training curves', 'Line: median over repetitions. Band: from the smallest to the largest.', curves(of)),
    ...(has_curvature(of) ? [section('curvature', 'Sharpness',
        'The largest eigenvalue of the Hessian along training. Thin: the stability limit at the optimizer’s learning rate, 2 / lr for sgd and more with momentum; on a quadratic above it, the steps grow.',
        curvature(of, document))] : []),
    ...(of.summary.target ? [section('target', 'Time to target',
        'A mark for each trial that reached it; the upright line is the expected running time, failures included.', time_to_target(of))] : []),
    ...searched(of),
    ...(has_schedules(of) ? [section('schedules', 'Schedules', 'The values that schedules gave, as recorded.', curves(of, 'schedules'))] : []),
    section('cost', 'Memory and time', 'Optimizer state as allocated, with scratch paler beside it, and the optimizer’s own share of a step.', cost_bars(of)),
  ];
}

/** Over all problems of a unit, where there is more to tell than one target of one problem. */
function runtimes(document: report_document): HTMLElement[] {
  const shown = document.comparison.runtimes.filter((each) =>
      Object.keys(each.optimizers).length > 0 && each.targets.reduce((sum, count) => sum + count, 0) > 1);
  return shown.map((each) => {
    const targets = each.targets.reduce((sum, count) => sum + count, 0);
    return section(`runtimes-${each.unit}`, `How soon targets are met, in ${each.unit}`,
      `Over ${counted(each.problems.length, 'problem')} with ${counted(targets, 'target')} in all: the share that is met within each cost, whatever became of a trial later.`,
      h('div', {class: 'grid'}, runtime_distribution(document, each),
        Object.values(each.optimizers).some((one) => one.simplex_gradients) && data_profile(document, each)));
  });
}

/** Which problem is shown: tabs, or a list where there are many. */
function problem_picker(problems: shown_problem[], show: (index: number) => void): {element: HTMLElement; mark(index: number): void} {
  if (problems.length < 2) return {element: h('div', {hidden: true}), mark: () => undefined};
  if (problems.length > 8) {
    const list = select(problems.map((each, i) => [String(i), each.summary.problem]), '0', (value) => show(Number(value)), 'Problem');
    return {element: h('nav', {class: 'problems', 'aria-label': 'Problems'}, list), mark: (index) => { list.value = String(index); }};
  }
  const tabs = problems.map((each, i) => {
    const tab = h('button', {type: 'button', role: 'tab', id: `tab-${i}`, 'aria-controls': 'problem'}, each.summary.problem);
    tab.addEventListener('click', () => show(i));
    tab.addEventListener('keydown', (event) => {
      const by = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (!by) return;
      const next = (i + by + problems.length) % problems.length;
      show(next);
      tabs[next]!.focus();
    });
    return tab;
  });
  const mark = (index: number) => tabs.forEach((tab, i) => {
    tab.setAttribute('aria-selected', String(i === index));
    tab.tabIndex = i === index ? 0 : -1;
  });
  return {element: h('div', {class: 'problems', role: 'tablist', 'aria-label': 'Problems'}, ...tabs), mark};
}

function profile_section(document: report_document): HTMLElement | null {
  const {profile, problems} = document.comparison;
  if (Object.keys(profile.ratios).length < 2 || profile.problems.length < 2) return null;
  const all = new Set(problems.flatMap((each) => each.configurations.map((line) => line.optimizer)));
  const absent = [...all].filter((each) => !(each in profile.ratios));
  return section('profile', 'Performance profile',
    `Over ${counted(profile.problems.length, 'problem')} with a target: how often an optimizer takes at most τ times as long as the fastest.` +
        (profile.taus.length > 0 ? ' Bands: 95 % bootstrap over repetitions.' : '') +
        (absent.length > 0 ? ` Left out, since not run on all of them: ${absent.join(', ')}.` : ''),
    performance_profile(document));
}

function ranks_section(document: report_document): HTMLElement | null {
  const {ranks, problems} = document.comparison;
  if (Object.keys(ranks).length < 2) return null;
  return section('ranks', 'Mean ranks',
    `Over ${counted(problems.length, 'problem')}, by the median cost to the target, or by the median score where there is none. Bars: 95 % bootstrap over repetitions, from 5 on. Thin marks: the rank on each problem.`,
    mean_ranks(document));
}

/** Everything there is to see of a document. */
export function results_page(document: report_document, chosen = 0, on_choose: (index: number) => void = () => undefined): HTMLElement[] {
  const problems = shown_problems(document);
  if (problems.length === 0) return [empty('No trial of these files has a result yet. ravine run goes on with them.')];
  const place = h('div', {id: 'problem', class: 'sections columns'});
  if (problems.length > 1) place.setAttribute('role', 'tabpanel');
  const list = contents();
  let shown = Math.min(chosen, problems.length - 1);
  const show = (index: number) => {
    shown = index;
    place.replaceChildren(...problem_sections(problems[index]!, document));
    picker.mark(index);
    list.update(page.querySelectorAll<HTMLElement>('section.card[id], aside.warnings[id]'));
    on_choose(index);
  };
  const choose = (index: number) => {
    show(index);
    picker.element.scrollIntoView();
  };
  const picker = problem_picker(problems, show);
  const page = h('div', {class: 'results-page'}, overview(problems, choose), thinned(document), warnings(document), picker.element, place,
    h('div', {class: 'sections columns'}, ranks_section(document), profile_section(document), ...runtimes(document)),
    h('div', {class: 'sections'}, section('provenance', 'Where this comes from', '', provenance(document))));
  show(shown);
  print_everything(page, () => {
    place.replaceChildren(...problems.flatMap((each) => [
      ...(problems.length > 1 ? [h('h1', {class: 'print-title'}, each.summary.problem)] : []), ...problem_sections(each, document)]));
    return () => show(shown);
  });
  return [h('div', {class: 'results-layout'}, list.element, page)];
}

export function page_header(title: string, subtitle: string): HTMLElement {
  return h('header', {class: 'page'},
    h('div', {}, h('p', {class: 'brand'}, 'Ravine'), h('h1', {}, title), h('p', {class: 'muted'}, subtitle)),
    theme_button());
}
