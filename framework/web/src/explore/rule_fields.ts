import {h, select} from '../shared/dom';
import {type catalog, type component, find} from './catalog';
import {group_fields} from './group_fields';
import {hyperparameter_fields} from './hyperparameter_field';
import {type around_fields, optimizer_choice} from './optimizer_choice';
import type {rule} from './state';

/** Wrappers within wrappers that a manifest may have. */
const most_nested = 8;

function schedule_fields(of: rule, {plugins, change, rebuild}: around_fields): HTMLElement[] {
  const choice = select([['', 'none'], ...plugins.schedulers.map((each): [string, string] => [each.id, each.id])], of.schedule, (value) => {
    of.schedule = value;
    of.schedule_with = {};
    rebuild();
    change();
  }, 'schedule of lr');
  const chosen = find(plugins.schedulers, of.schedule);
  return [
    h('div', {class: 'hyper'}, h('span', {class: 'hyper-name', title: 'how lr changes from step to step'}, 'schedule'), choice),
    ...(chosen ? [...hyperparameter_fields(chosen.hyperparameters, of.schedule_with, change), h('div', {class: 'schedule-curve'})] : []),
  ];
}

/** The hyperparameters that matter most are in sight: lr and what else has a slider, three at most. */
function own_fields(of: rule, found: component | undefined, within: around_fields): (HTMLElement | false)[] {
  const all = found?.hyperparameters ?? [];
  const first = all.filter((each) => each.search || each.name === 'lr').slice(0, 3);
  const rest = all.filter((each) => !first.includes(each));
  const has_schedule = all.some((each) => each.name === 'lr' && each.schedulable);
  // A wrapper takes groups on the optimizer that it works around.
  const may_have_groups = found !== undefined && !found.wraps && !found.may_wrap && !of.inner;
  const groups = may_have_groups ? group_fields(of, within) : null;
  const change = () => {
    groups?.refresh();
    within.change();
  };
  const is_open = of.schedule !== '' || of.groups !== undefined || rest.some((each) => each.name in of.with);
  return [
    ...hyperparameter_fields(first, of.with, change),
    (rest.length > 0 || has_schedule || may_have_groups) && h('details', {open: is_open}, h('summary', {class: 'muted'}, has_schedule ? 'more, and a schedule' : 'more'),
      ...hyperparameter_fields(rest, of.with, change),
      ...(has_schedule ? schedule_fields(of, within) : []),
      ...(groups?.elements ?? [])),
  ];
}

/** The optimizer that a wrapper works around, with fields of its own. */
function inner_fields(of: rule, found: component | undefined, depth: number, within: around_fields): HTMLElement | false {
  if (!of.inner && !found?.wraps && !found?.may_wrap) return false;
  const deepest = depth + 1 >= most_nested;
  const known = within.plugins.optimizers.filter((each) => !(deepest && each.wraps));
  const pick = optimizer_choice(known, of.inner?.use ?? '', (value) => {
    if (value === '') delete of.inner;
    else if (of.inner) change_use(of.inner, value, within.plugins);
    else of.inner = {use: value, with: {}, schedule: '', schedule_with: {}};
    within.rebuild();
    within.change();
  }, `optimizer inside ${of.use}`);
  if (!found?.wraps || !of.inner) pick.prepend(h('option', {value: '', selected: !of.inner, disabled: found?.wraps}, found?.wraps ? 'choose one' : 'none'));
  return h('section', {class: 'inner', 'aria-label': `inside ${of.use}`},
    h('div', {class: 'hyper'}, h('span', {class: 'hyper-name', title: `the optimizer that ${of.use} works around`}, 'around'), pick),
    ...(of.inner ? rule_fields(of.inner, within, depth + 1) : []));
}

/** Fields for an optimizer and, if it is a wrapper, for the one that it works around. `of` is changed. */
export function rule_fields(of: rule, within: around_fields, depth = 0): (HTMLElement | false)[] {
  const found = find(within.plugins.optimizers, of.use);
  return [
    !found && h('p', {class: 'notice'}, 'No loaded plugin offers it.'),
    ...own_fields(of, found, within),
    inner_fields(of, found, depth, within),
  ];
}

/** Chooses another optimizer. A wrapper is put around what was there; what was inside a wrapper comes out again with its values. */
export function change_use(of: rule, use: string, plugins: catalog): void {
  const next = find(plugins.optimizers, use);
  const {inner, groups} = of;
  delete of.groups;
  if (inner?.use === use) {
    delete of.inner;
    Object.assign(of, inner);
    return;
  }
  if (next?.wraps && !inner) {
    of.inner = {use: of.use, with: of.with, schedule: of.schedule, schedule_with: of.schedule_with, ...(groups ? {groups} : {})};
    Object.assign(of, {schedule: '', schedule_with: {}});
  } else if (!next?.wraps && !next?.may_wrap) {
    delete of.inner;
  }
  Object.assign(of, {use, with: {}});
}
