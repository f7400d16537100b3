import type {setting, settings} from '../shared/document';
import {type catalog, find} from './catalog';
import {type driven, type group, labels, name_of, type rule, type state} from './state';

function value_text(value: setting): string {
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  return typeof value === 'string' ? text(value) : String(value);
}

/** A word as it is, anything else in quotes, which YAML reads like JSON. */
function text(value: string): string {
  return /^[a-z_][a-z0-9_]*$/i.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value) ? value : JSON.stringify(value);
}

function with_text(values: settings): string {
  const all = Object.entries(values).map(([name, value]) => `${name}: ${value_text(value)}`);
  return all.length ? `, with: {${all.join(', ')}}` : '';
}

/** The hyperparameters that are given; without lr if that is searched. */
function given(of: rule, tuned: boolean): settings {
  return tuned ? Object.fromEntries(Object.entries(of.with).filter(([name]) => name !== 'lr')) : of.with;
}

/** Whether the plugin says what is worth searching; an unknown one is left to the manifest's reader. */
function has_ranges(of: rule, plugins: catalog): boolean {
  return find(plugins.optimizers, of.use)?.hyperparameters.some((each) => each.search) ?? true;
}

/** An optimizer's keys after use and label. It is tuned if plugins are given. */
function keys(of: rule, tuned_by: catalog | null): string {
  const schedule = of.schedule ? `, schedule: {lr: {use: ${text(of.schedule)}${with_text(of.schedule_with)}}}` : '';
  const inner = of.inner ? `, inner: {use: ${text(of.inner.use)}${keys(of.inner, tuned_by)}}` : '';
  const search = tuned_by && has_ranges(of, tuned_by) ? ', search: default' : '';
  return `${with_text(given(of, tuned_by !== null))}${schedule}${search}${inner}${groups_text(of.groups ?? [])}`;
}

function groups_text(groups: group[]): string {
  const one = ({role, tensors, use, with: with_}: group) =>
      `{${role ? `role: ${text(role)}` : `tensors: ${JSON.stringify(tensors)}`}${use ? `, use: ${text(use)}` : ''}${with_text(with_)}}`;
  return groups.length === 0 ? '' : `, groups: [${groups.map(one).join(', ')}]`;
}

function optimizers(runs: driven[], tuned_by: catalog | null): string {
  const names = labels(runs);
  return runs.map((each, i) => {
    const label = names[i] === name_of(each) ? '' : `, label: ${text(names[i]!)}`;
    return `  - {use: ${text(each.use)}${label}${keys(each, tuned_by)}}\n`;
  }).join('');
}

/** Evaluations of a run that are enough to draw its rates: a hundred would miss what a schedule does between them. */
const most_rates = 2000;

/** With a target above the minimum, each run ends there; without, rates that change are recorded closely. */
export function evaluation(of: state, target: number | undefined): string {
  if (target !== undefined) return `evaluate: {every: {steps: 1}, target: {gap: ${target}}, stop_at_target: true}\n`;
  return of.runs.some((each) => each.schedule) ? `evaluate: {every: {steps: ${Math.ceil(of.steps / most_rates)}}}\n` : '';
}

/** What the landscape tab shows, as `ravine run` takes it. */
export function landscape_manifest(of: state, evaluated = ''): string {
  const instance = [of.rotate && 'rotate: true', of.shift && 'shift: true'].filter(Boolean).join(', ');
  return `name: explored-${of.landscape.replaceAll('_', '-')}\nseed: ${of.seed}\n` +
      `problems:\n  - {use: ${text(of.landscape)}${with_text(of.landscape_with)}` +
      (of.start ? `, start: [${of.start.join(', ')}]` : '') +
      (of.noise > 0 ? `, noise: ${of.noise}` : '') + (instance ? `, instance: {${instance}}` : '') + '}\n' +
      `train: {steps: ${of.steps}${of.clip > 0 ? `, clip: {norm: ${of.clip}}` : ''}}\n` +
      evaluated +
      `optimizers:\n${optimizers(of.runs, null)}`;
}

/** The same to be copied: an experiment takes one build of an optimizer at a time. */
export function copied_manifest(of: state): string {
  const names = labels(of.runs);
  const left_out = of.runs.flatMap(({build}, i) => build ? [`# ${names[i]} is left out: of several plugins of one name ravine run takes one. --plugins gives the folder of ${JSON.stringify(build)}.\n`] : []);
  const runs = of.runs.filter((each) => !each.build);
  return runs.length === 0 ? left_out.join('') : left_out.join('') + landscape_manifest({...of, runs});
}

/** What the training tab trains. */
export function training_manifest(of: state, plugins: catalog): string {
  return `name: explored-${of.model.replaceAll('_', '-')}-${of.data.replaceAll('_', '-')}\nseed: ${of.seed}\n` +
      `problems:\n  - {use: ${text(of.model)}${with_text(of.model_with)}, data: {use: ${text(of.data)}}}\n` +
      `train: {epochs: ${of.epochs}, batch_size: ${of.batch}}\nevaluate: {every: {epochs: 0.5}}\noptimizers:\n${optimizers(of.trained, of.search > 0 ? plugins : null)}` +
      (of.search > 0 ? `tuning: {method: random, trials: ${of.search}}\n` : '');
}
