import {h, select} from '../shared/dom';
import {find} from './catalog';
import {hyperparameter_fields} from './hyperparameter_field';
import {type around_fields, optimizer_choice} from './optimizer_choice';
import type {group, rule} from './state';

const roles = ['weight', 'bias', 'norm', 'coordinate', 'embedding', 'other'];

/** Which tensors: by their role or by their names. */
function selector(of: group, {change, rebuild}: around_fields): HTMLElement[] {
  const by = select([...roles.map((each): [string, string] => [each, each]), ['', 'named']], of.role, (value) => {
    of.role = value;
    rebuild();
    change();
  }, 'tensors of the group');
  if (of.role !== '') return [by];
  const pattern = h('input', {type: 'text', class: 'number wide', value: of.tensors, 'aria-label': 'names of tensors', spellcheck: 'false',
                              title: 'A pattern: * stands for any text, ? for one character'});
  pattern.addEventListener('change', () => {
    of.tensors = pattern.value;
    change();
  });
  return [by, pattern];
}

function one_group(of: group, within_rule: rule, around: around_fields): HTMLElement {
  const {plugins, change, rebuild} = around;
  const pick = optimizer_choice(plugins.optimizers.filter((each) => !each.wraps), of.use, (value) => {
    Object.assign(of, {use: value, with: {}});
    rebuild();
    change();
  }, 'optimizer of the group');
  pick.prepend(h('option', {value: '', selected: of.use === ''}, 'as the rest'));
  const remove = h('button', {type: 'button', class: 'quiet small', title: 'Take the group away', 'aria-label': 'Take the group away'}, '×');
  remove.addEventListener('click', () => {
    within_rule.groups = within_rule.groups!.filter((each) => each !== of);
    if (within_rule.groups.length === 0) delete within_rule.groups;
    rebuild();
    change();
  });
  const all = find(plugins.optimizers, of.use || within_rule.use)?.hyperparameters ?? [];
  // What a group of the same optimizer does not set, it has from the rest.
  const defaults = of.use ? all : all.map((each) => ({...each, default: within_rule.with[each.name] ?? each.default}));
  return h('section', {class: 'inner', 'aria-label': 'group'},
    h('div', {class: 'run-head'}, h('span', {class: 'hyper-name'}, 'group'), ...selector(of, around), remove),
    h('div', {class: 'hyper'}, h('span', {class: 'hyper-name'}, 'optimizer'), pick),
    ...hyperparameter_fields(defaults, of.with, change));
}

/** Groups of tensors with settings of their own, and the button for one more. `of` is changed. Refreshed after a change of the rest, whose values groups have. */
export function group_fields(of: rule, around: around_fields): {elements: HTMLElement[]; refresh(): void} {
  const place = h('div', {});
  const refresh = () => place.replaceChildren(...(of.groups ?? []).map((each) => one_group(each, of, around)));
  refresh();
  const add = h('button', {type: 'button', class: 'quiet'}, 'Add a group of tensors');
  add.addEventListener('click', () => {
    of.groups = [...of.groups ?? [], {role: 'bias', tensors: '*', use: '', with: {}}];
    around.rebuild();
    around.change();
  });
  return {elements: [place, add], refresh};
}
