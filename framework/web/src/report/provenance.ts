import type {report_document} from '../shared/document';
import {h} from '../shared/dom';
import {counted} from '../shared/format';

/** Where everything comes from: manifests, machines, builds, shared objects. */
export function provenance(document: report_document): HTMLElement {
  const list = (title: string, texts: string[]) =>
      [h('dt', {}, title), ...texts.map((each) => h('dd', {}, each))];
  return h('div', {},
    h('dl', {class: 'facts'},
      ...document.files.flatMap((file) => list('file', [file.name])),
      ...list(document.machines.length === 1 ? 'machine' : 'machines', document.machines),
      ...list(document.builds.length === 1 ? 'build' : 'builds', document.builds)),
    ...document.files.flatMap((file) => file.experiments.map((each) => h('details', {},
      h('summary', {}, `Manifest of ${each.name}`,
        h('span', {class: 'muted'}, ` · seed ${each.seed}, ${counted(each.repetitions, 'repetition')}, planned ${each.planned_at} UTC`)),
      h('pre', {tabindex: 0}, h('code', {}, each.manifest))))),
    h('details', {}, h('summary', {}, `SHA-256 of ${counted(document.plugins.length, 'shared object')}`),
      h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Shared objects'},
        h('table', {class: 'hashes'}, h('tbody', {}, ...document.plugins.map((each) =>
          h('tr', {}, h('th', {scope: 'row'}, each.id), h('td', {}, h('code', {}, each.sha256)))))))));
}
