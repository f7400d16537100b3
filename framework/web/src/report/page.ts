import type {report_document} from '../shared/document';
import {empty, h, section, select} from '../shared/dom';
import {count_text} from '../shared/format';
import {theme_button} from '../shared/palette';
import {curves, has_schedules} from './curves';
import {cost_bars, data_profile, parallel_coordinates, performance_profile, runtime_distribution, sensitivity, time_to_target, tuning_budget} from './figures';
import {landscape} from './landscape_section';
import {shown_problems, type shown_problem} from './lines';
import {provenance} from './provenance';
import {summary_table} from './summary_table';

function warnings(document: report_document): HTMLElement | null {
  const compared = document.comparison;
  const all = [{about: 'all problems', texts: compared.warnings},
               ...compared.problems.map((each) => ({about: each.problem, texts: each.warnings}))];
  const shown = all.filter((each) => each.texts.length > 0);
  const count = shown.reduce((sum, each) => sum + each.texts.length, 0);
  if (count === 0) return null;
  return h('aside', {class: 'warnings', 'aria-labelledby': 'warnings-title'},
    h('h2', {id: 'warnings-title'}, `Before you conclude: ${count_text(count, 'warning')}`),
    h('dl', {}, ...shown.map((each) => [h('dt', {}, each.about), ...each.texts.map((text) => h('dd', {}, text))]).flat()));
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
    section('summary', 'Summary', '★ marks the best median of a column. Failed trials count as the worst possible.',
            summary_table(of, document.baseline)),
    ...(of.own.landscape ? [section('landscape', 'Paths over the landscape',
        'The ring is the start, stars are known minima. Play, or drag along the loss curve.', landscape(of))] : []),
    section('curves', 'Training curves', 'Line: median over repetitions. Band: from the smallest to the largest.', curves(of)),
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
      `Over ${count_text(each.problems.length, 'problem')} with ${count_text(targets, 'target')} in all: the share that is met within each cost, whatever became of a trial later.`,
      h('div', {class: 'grid'}, runtime_distribution(document, each),
        Object.values(each.optimizers).some((one) => one.simplex_gradients) && data_profile(document, each)));
  });
}

function problem_picker(problems: shown_problem[], first: number, show: (index: number) => void): HTMLElement | null {
  if (problems.length < 2) return null;
  if (problems.length > 8) {
    return h('nav', {class: 'problems'}, select(problems.map((each, i) => [String(i), each.summary.problem]), String(first),
                                                (value) => show(Number(value)), 'Problem'));
  }
  const tabs = problems.map((each, i) => {
    const tab = h('button', {type: 'button', role: 'tab', id: `tab-${i}`, 'aria-controls': 'problem',
                             'aria-selected': String(i === first), tabindex: i === first ? 0 : -1}, each.summary.problem);
    tab.addEventListener('click', () => choose(i));
    tab.addEventListener('keydown', (event) => {
      const by = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (by) choose((i + by + problems.length) % problems.length, true);
    });
    return tab;
  });
  const choose = (index: number, focus = false) => {
    tabs.forEach((tab, i) => {
      tab.setAttribute('aria-selected', String(i === index));
      tab.tabIndex = i === index ? 0 : -1;
    });
    if (focus) tabs[index]!.focus();
    show(index);
  };
  return h('nav', {class: 'problems', role: 'tablist', 'aria-label': 'Problems'}, ...tabs);
}

/** Everything there is to see of a document. */
export function results_page(document: report_document, chosen = 0, on_choose: (index: number) => void = () => undefined): HTMLElement[] {
  const problems = shown_problems(document);
  if (problems.length === 0) return [empty('No trial of these files has a result yet. ravine run goes on with them.')];
  const place = h('div', {id: 'problem', class: 'sections', role: problems.length > 1 ? 'tabpanel' : undefined});
  const first = Math.min(chosen, problems.length - 1);
  const show = (index: number) => {
    place.replaceChildren(...problem_sections(problems[index]!, document));
    on_choose(index);
  };
  show(first);
  const profile = document.comparison.profile;
  const has_profile = Object.keys(profile.ratios).length > 1 && profile.problems.length > 1;
  return [
    warnings(document), problem_picker(problems, first, show), place,
    h('div', {class: 'sections'},
      has_profile && section('profile', 'Performance profile',
        `Over ${profile.problems.length} problems with a target: how often an optimizer is at most τ times slower than the fastest.`,
        performance_profile(document)),
      ...runtimes(document),
      section('provenance', 'Where this comes from', '', provenance(document))),
  ].filter((each): each is HTMLElement => each !== null);
}

export function page_header(title: string, subtitle: string): HTMLElement {
  return h('header', {class: 'page'},
    h('div', {}, h('p', {class: 'brand'}, 'Ravine'), h('h1', {}, title), h('p', {class: 'muted'}, subtitle)),
    theme_button());
}
