import type {setting} from '../shared/document';
import {field, h} from '../shared/dom';
import type {hyperparameter} from './catalog';
import {share_of, value_at} from './scale';

const slider_steps = 400;

function slider(of: hyperparameter, value: number, on_input: (value: number) => void): HTMLInputElement {
  const control = h('input', {type: 'range', min: 0, max: slider_steps, step: 1, 'aria-label': `${of.name}, slider`});
  control.value = String(share_of(of, value) * slider_steps);
  control.addEventListener('input', () => on_input(value_at(of, Number(control.value) / slider_steps)));
  return control;
}

function numeric(of: hyperparameter, value: number, on_change: (value: setting) => void): HTMLElement[] {
  const number = h('input', {type: 'text', inputmode: 'decimal', class: 'number', value: String(value), 'aria-label': of.name,
                             title: `${of.doc}\n${of.range}`, spellcheck: 'false', autocomplete: 'off'});
  const range = of.search ? slider(of, value, (moved) => {
    number.value = String(moved);
    number.removeAttribute('aria-invalid');
    on_change(moved);
  }) : null;
  number.addEventListener('input', () => {
    const typed = Number(number.value);
    const is_number = number.value.trim() !== '' && Number.isFinite(typed);
    number.toggleAttribute('aria-invalid', !is_number);
    if (!is_number) return;
    if (range) range.value = String(share_of(of, typed) * slider_steps);
    on_change(typed);
  });
  return range ? [range, number] : [number];
}

/** A number that no plugin declares. */
export function number_field(label: string, value: number, low: number, high: number, step: number | 'any',
                             on_change: (value: number) => void): HTMLElement {
  const control = h('input', {type: 'number', min: low, max: high, step, value: String(value), class: 'number'});
  control.addEventListener('input', () => {
    if (control.value.trim() !== '' && control.validity.valid) on_change(Number(control.value));
  });
  return field(label, control);
}

/** A field, with a slider where the plugin declares a range to search, for one hyperparameter. */
export function hyperparameter_field(of: hyperparameter, value: setting, on_change: (value: setting) => void): HTMLElement {
  const label = h('span', {class: 'hyper-name', title: of.doc}, of.name);
  if (of.type === 'boolean') {
    const box = h('input', {type: 'checkbox', checked: value === true, 'aria-label': of.name});
    box.addEventListener('change', () => on_change(box.checked));
    return h('div', {class: 'hyper'}, label, box);
  }
  if (of.type === 'choice') {
    const choice = h('select', {'aria-label': of.name, title: of.doc},
                     ...of.choices.map((each) => h('option', {value: each, selected: each === value}, each)));
    choice.addEventListener('change', () => on_change(choice.value));
    return h('div', {class: 'hyper'}, label, choice);
  }
  if (of.type === 'integer_list') {
    const list = h('input', {type: 'text', class: 'number wide', value: (value as number[]).join(', '), 'aria-label': of.name,
                             title: `${of.doc}\n${of.range}`});
    list.addEventListener('change', () => on_change(list.value.split(/[ ,]+/).filter(Boolean).map(Number)));
    return h('div', {class: 'hyper'}, label, list);
  }
  return h('div', {class: 'hyper'}, label, ...numeric(of, value as number, on_change));
}

/** Fields for all hyperparameters of a component; `with_` is changed, defaults are left out of it. */
export function hyperparameter_fields(all: hyperparameter[], with_: Record<string, setting>, on_change: () => void): HTMLElement[] {
  return all.map((each) => hyperparameter_field(each, with_[each.name] ?? each.default, (value) => {
    if (JSON.stringify(value) === JSON.stringify(each.default)) delete with_[each.name];
    else with_[each.name] = value;
    on_change();
  }));
}
