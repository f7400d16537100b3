import type {setting, settings} from '../shared/document';
import {type driven, labels, type state} from './state';

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
function given(of: driven, tuned: boolean): settings {
  return tuned ? Object.fromEntries(Object.entries(of.with).filter(([name]) => name !== 'lr')) : of.with;
}

function optimizers(runs: driven[], tuned = false): string {
  const names = labels(runs);
  return runs.map((each, i) => {
    const label = names[i] === each.use ? '' : `, label: ${text(names[i]!)}`;
    const schedule = each.schedule ? `, schedule: {lr: {use: ${text(each.schedule)}${with_text(each.schedule_with)}}}` : '';
    return `  - {use: ${text(each.use)}${label}${with_text(given(each, tuned))}${schedule}${tuned ? ', search: default' : ''}}\n`;
  }).join('');
}

/** What the landscape tab shows, as `ravine run` takes it. */
export function landscape_manifest(of: state): string {
  const instance = [of.rotate && 'rotate: true', of.shift && 'shift: true'].filter(Boolean).join(', ');
  return `name: explored-${of.landscape.replaceAll('_', '-')}\nseed: ${of.seed}\n` +
      `problems:\n  - {use: ${text(of.landscape)}${with_text(of.landscape_with)}` +
      (of.start ? `, start: [${of.start.join(', ')}]` : '') +
      (of.noise > 0 ? `, noise: ${of.noise}` : '') + (instance ? `, instance: {${instance}}` : '') + '}\n' +
      `train: {steps: ${of.steps}${of.clip > 0 ? `, clip: {norm: ${of.clip}}` : ''}}\n` +
      `optimizers:\n${optimizers(of.runs)}`;
}

/** What the training tab trains. */
export function training_manifest(of: state): string {
  return `name: explored-${of.model.replaceAll('_', '-')}-${of.data.replaceAll('_', '-')}\nseed: ${of.seed}\n` +
      `problems:\n  - {use: ${text(of.model)}${with_text(of.model_with)}, data: {use: ${text(of.data)}}}\n` +
      `train: {epochs: ${of.epochs}, batch_size: ${of.batch}}\nevaluate: {every: {epochs: 0.5}}\noptimizers:\n${optimizers(of.trained, of.search > 0)}` +
      (of.search > 0 ? `tuning: {method: random, trials: ${of.search}}\n` : '');
}
