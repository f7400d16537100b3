import {h} from '../shared/dom';

/** Links to the sections that are on the page now. */
export function contents(): {element: HTMLElement; update(sections: Iterable<HTMLElement>): void} {
  const list = h('ul', {});
  const element = h('nav', {class: 'contents', 'aria-label': 'Contents'}, list);
  const link = (to: HTMLElement) => {
    const title = to.querySelector('h2')!;
    const made = h('a', {href: `#${to.id}`}, title.textContent);
    // The explorer keeps its state in the address, so that a link must not change it.
    made.addEventListener('click', (event) => {
      event.preventDefault();
      to.scrollIntoView();
      title.tabIndex = -1;
      title.focus({preventScroll: true});
    });
    return h('li', {}, made);
  };
  return {element, update: (sections) => list.replaceChildren(...[...sections].map(link))};
}
