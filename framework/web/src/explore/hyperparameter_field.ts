import type {setting} from '../shared/document';
import {h} from '../shared/dom';
import type {hyperparameter} from './catalog';

const slider_steps = 400;

interface scale {
  to_place(value: number): number;
  to_value(place: number): number;
}

/** A slider's scale from the declared one: equal ways are equal factors, or equal factors of 1 − x. */
function scale_of(of: hyperparameter): scale {
  if (of.scale === 'log') return {to_place: Math.log10, to_value: (place) => 10 ** place};
  if (of.scale === 'log_one_minus') {
    return {to_place: (value) => -Math.log10(1 - value), to_value: (place) => 1 - 10 ** -place};
  }
  return {to_place: (value) => value, to_value: (place) => place};
}

/** Three digits are what a slider can be set to. */
function rounded(value: number, of: hyperparameter): number {
  if (of.type === 'integer') return Math.round(value);
  if (of.scale === 'log_one_minus') return Number((1 - Number((1 - value).toPrecision(3))).toPrecision(12));
  return Number(value.toPrecision(3));
}

/** Where a value lies on the slider; one beyond an end, such as 0 on a logarithmic scale, at that end. */
function place_on(of: hyperparameter, value: number): number {
  const scale = scale_of(of);
  const [low, high] = of.search!.map(scale.to_place) as [number, number];
  const share = (scale.to_place(value) - low) / (high - low);
  return Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)) * slider_steps;
}

function slider(of: hyperparameter, value: number, on_input: (value: number) => void): HTMLInputElement {
  const scale = scale_of(of);
  const [low, high] = of.search!.map(scale.to_place) as [number, number];
  const control = h('input', {type: 'range', min: 0, max: slider_steps, step: 1, 'aria-label': `${of.name}, slider`});
  control.value = String(place_on(of, value));
  control.addEventListener('input', () =>
      on_input(rounded(scale.to_value(low + Number(control.value) / slider_steps * (high - low)), of)));
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
    if (range) range.value = String(place_on(of, typed));
    on_change(typed);
  });
  return range ? [range, number] : [number];
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
