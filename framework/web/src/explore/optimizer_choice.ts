import {h, select} from '../shared/dom';
import {type catalog, type component, find} from './catalog';

/** What the fields of a card need: the plugins, and whom to tell of changes. */
export interface around_fields {
  plugins: catalog;
  /** A value has changed. */
  change(): void;
  /** The fields have to be made anew. */
  rebuild(): void;
}

/** An optimizer that a plugin offers no longer stays in its list. */
export function optimizer_choice(known: component[], use: string, on_change: (value: string) => void, label: string): HTMLSelectElement {
  const pick = select(known.map((each) => [each.id, each.id]), use, on_change, label);
  if (use !== '' && !find(known, use)) pick.prepend(h('option', {value: use, selected: true, disabled: true}, `${use} (not loaded)`));
  return pick;
}
