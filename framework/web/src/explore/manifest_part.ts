import {h} from '../shared/dom';

/** A manifest with a button that copies it. */
export class manifest_part {
  readonly element: HTMLElement;
  private readonly text = h('code', {});

  constructor() {
    const copy = h('button', {type: 'button'}, 'Copy as manifest');
    copy.addEventListener('click', () => {
      void navigator.clipboard.writeText(this.text.textContent).then(
        () => { copy.textContent = 'Copied'; },
        () => { copy.textContent = 'Select the text below'; });
      setTimeout(() => { copy.textContent = 'Copy as manifest'; }, 1500);
    });
    this.element = h('section', {class: 'card', 'aria-label': 'Manifest'},
      h('div', {class: 'controls'}, copy, h('span', {class: 'hint'}, 'Save it as a file, and ravine run repeats what you see.')),
      h('pre', {tabindex: 0, class: 'manifest'}, this.text));
  }

  set(text: string): void {
    this.text.textContent = text;
  }
}
