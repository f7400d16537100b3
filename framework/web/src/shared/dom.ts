/** A tiny way to write HTML elements. Text is always text, never markup. */

type child = Node | string | number | null | undefined | false;
type properties = Record<string, unknown>;

function set(element: Element, name: string, value: unknown): void {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith('on') && typeof value === 'function') {
    element.addEventListener(name.slice(2), value as EventListener);
  } else {
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

export function h<tag extends keyof HTMLElementTagNameMap>(
    name: tag, with_: properties = {}, ...children: (child | child[])[]): HTMLElementTagNameMap[tag] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(with_)) set(element, key, value);
  append(element, children);
  return element;
}

export function svg(name: string, with_: properties = {}, ...children: (child | child[])[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(with_)) set(element, key, value);
  append(element, children);
  return element;
}

function append(element: Element, children: (child | child[])[]): void {
  for (const each of children.flat()) {
    if (each === null || each === undefined || each === false) continue;
    element.append(each instanceof Node ? each : String(each));
  }
}

/** A labelled control. */
export function field(label: string, control: HTMLElement): HTMLLabelElement {
  return h('label', {class: 'field'}, h('span', {}, label), control);
}

export function select(options: [value: string, text: string][], chosen: string,
                       on_change: (value: string) => void, label = ''): HTMLSelectElement {
  const control = h('select', {'aria-label': label || undefined},
                    ...options.map(([value, text]) => h('option', {value, selected: value === chosen}, text)));
  control.addEventListener('change', () => on_change(control.value));
  return control;
}

export function checkbox(label: string, checked: boolean, on_change: (checked: boolean) => void): HTMLLabelElement {
  const box = h('input', {type: 'checkbox', checked});
  box.addEventListener('change', () => on_change(box.checked));
  return h('label', {class: 'check'}, box, label);
}

/** A part of the page with a heading and a sentence on how to read it. */
export function section(id: string, title: string, how_to_read: string, ...content: (child | child[])[]): HTMLElement {
  return h('section', {id, class: 'card', 'aria-labelledby': `${id}-title`},
           h('header', {}, h('h2', {id: `${id}-title`}, title), how_to_read && h('p', {class: 'hint'}, how_to_read)),
           ...content);
}

/** What stands where there is nothing to show. */
export function empty(text: string): HTMLElement {
  return h('p', {class: 'empty'}, text);
}

/** A function that calls `draw` before the next frame, once however often it is called until then. */
export function once_a_frame(draw: () => void): () => void {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      draw();
    });
  };
}
