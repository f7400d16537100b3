// The report's figures with long names, with nothing to draw, and on paper.
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {open_browser, open_page, screenshot, see_all} from './browser.mjs';
import {misplaced_texts} from './figure_texts.mjs';
import {ravine, work_folder} from './programs.mjs';

const digits = 'use: mlp, with: {hidden: [8]}, data: {use: digits, with: {train: 300, validation: 100, test: 100}}, train: {epochs: 2}';

const manifests = {
  // Names of 40 characters, that differ in their last ones alone.
  long: `
repetitions: 2
problems:
  - {use: rosenbrock, train: {steps: 20000}}
  - {label: a problem whose label is a long one, too, ${digits}, evaluate: {every: {steps: 1}, curvature: {every: {epochs: 1}, examples: 50}}}
evaluate: {target: {gap: {from: 10, to: 1e-2, count: 3}, validation_accuracy: 0.2}}
optimizers:
  - {use: sgd, label: stochastic gradient descent, variant 001, with: {lr: {grid: [1e-3, 2e-3]}}}
  - {use: momentum, label: stochastic gradient descent, variant 002, with: {lr: {grid: [1e-3, 2e-3]}, beta: {grid: [0.5, 0.9]}}}
  - {use: adam, label: adaptive moment estimation, version 001, with: {lr: {grid: [0.01, 0.1]}, beta1: {grid: [0.8, 0.9]}, beta2: {grid: [0.99, 0.999]}}, schedule: {lr: {use: cosine}}}
`,
  unmet: `
problems: [{use: rosenbrock, train: {steps: 50}}]
evaluate: {target: {gap: 1e-9}}
optimizers: [{use: sgd, with: {lr: 0.001}}, {use: momentum, with: {lr: 0.001}}]
`,
  failed: `
problems: [{use: rosenbrock, train: {steps: 50}}]
evaluate: {target: {gap: 1e-9}}
optimizers:
  - {use: sgd, with: {lr: {grid: [1e10, 1e20]}}}
  - {use: momentum, with: {lr: {grid: [1e10, 1e20]}, beta: {grid: [0.5, 0.9]}}}
`,
};

let browser;
const pages = {};

before(async () => {
  const folder = work_folder('figures');
  for (const [name, text] of Object.entries(manifests)) {
    writeFileSync(path.join(folder, `${name}.yaml`), text.replaceAll(/label: ([^{}]+?), (?=with|use)/g, 'label: "$1", '));
    await ravine(['run', `${name}.yaml`, '--out', `${name}.db`], {cwd: folder}).catch((problem) => {
      if (name !== 'failed') throw problem;  // as the exit status says
    });
    await ravine(['report', `${name}.db`], {cwd: folder});
    pages[name] = `file://${path.join(folder, `${name}.html`)}`;
  }
  browser = await open_browser();
});
after(() => browser?.close());

async function open_report(name, options = {}) {
  const opened = await open_page(browser, {offline: true, ...options});
  await opened.page.goto(pages[name]);
  await opened.page.waitForSelector('#page:not([aria-busy]) h1');
  return opened;
}

for (const width of [360, 400, 600, 900]) {
  test(`no text of a figure leaves it or lies on another one, at ${width} pixels`, async () => {
    const {page, context, complaints} = await open_report('long', {viewport: {width, height: 860}});
    for (const problem of [0, 1]) {
      await page.locator('[role=tab]').nth(problem).click();
      await see_all(page);
      assert.deepEqual(await misplaced_texts(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is as wide as the window');
      await screenshot(page, `figures-long-${width}-${problem}.png`, {fullPage: true});
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('names that are too long for a legend keep their ends, and the saved table has all of them', async () => {
  const {page, context} = await open_report('long', {viewport: {width: 360, height: 860}});
  await see_all(page);
  const shown = await page.locator('#curves .legendtext').allTextContents();
  assert.equal(new Set(shown).size, 3);
  assert.ok(shown.some((each) => /^adaptive .*….*001$/.test(each)), shown.join('; '));
  const [saved] = await Promise.all([page.waitForEvent('download'), page.locator('#curves .figure').getByRole('button', {name: 'as CSV'}).click()]);
  const text = (await (await saved.createReadStream()).toArray()).join('');
  assert.ok(text.includes('"stochastic gradient descent, variant 001"'), text.slice(0, 300));
  await context.close();
});

test('counts have their digits in threes, and what is saved has not', async () => {
  const {page, context} = await open_report('long');
  assert.equal(await page.locator('.player .step').innerText(), 'step 20,000 of 20,000');
  await see_all(page);
  const ticks = await page.locator('#curves .xtick text').allTextContents();
  assert.ok(ticks.includes('10,000'), ticks.join(' '));
  const [saved] = await Promise.all([page.waitForEvent('download'), page.locator('#curves .figure').getByRole('button', {name: 'as CSV'}).click()]);
  const text = (await (await saved.createReadStream()).toArray()).join('');
  assert.match(text, /,20000,/);
  await context.close();
});

test('where nobody met the target, the report says so and who came nearest', async () => {
  const {page, context, complaints} = await open_report('unmet');
  await see_all(page);
  assert.match(await page.locator('#target .figure').innerText(), /^Nobody reached gap ≤ 1e-9\. The nearest is momentum: \d/);
  assert.equal(await page.locator('#target .main-svg').filter({visible: true}).count(), 0);
  assert.equal(await page.locator('#target .save').isVisible(), false);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('where all trials failed, no figure is empty', async () => {
  const {page, context, complaints} = await open_report('failed');
  await see_all(page);
  assert.equal(await page.locator('.headlines').innerText(), 'no optimizer has a finite median loss: too many trials failed.');
  for (const [id, said] of Object.entries({target: /^Nobody reached gap ≤ 1e-9\./, sensitivity: /no value that was tried has a finite score/i, budget: /no search point has a finite score/i, search: /None of 4 search points of momentum has a finite score/})) {
    assert.match(await page.locator(`#${id} .empty`).filter({visible: true}).first().innerText(), said);
  }
  const without = await page.locator('.chart').filter({visible: true}).evaluateAll((all) => all.filter((each) => !each.querySelector('.point, .bars path, .lines > path, .surface')).map((each) => each.ariaLabel));
  assert.deepEqual(without, []);
  await screenshot(page, 'figures-failed.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('on paper a heading is on the page of what it is above', async () => {
  const {page, context} = await open_report('long', {viewport: {width: 800, height: 1100}});
  await see_all(page);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({media: 'print'});
  // Columns are broken as pages are, and what is in them has places.
  const apart = await page.evaluate(() => {
    const root = document.querySelector('main');
    const found = new Set();
    for (let height = 700; height < 1100; height += 29) {
      Object.assign(root.style, {columns: '718px', columnFill: 'auto', columnGap: '0', height: `${height}px`, minHeight: '0', width: '718px'});
      for (const header of document.querySelectorAll('.card > header')) {
        const columns = (of) => [...of.getClientRects()].map((each) => Math.round(each.left));
        const next = header.nextElementSibling?.querySelector('.chart, .landscape, tr, dl') ?? header.nextElementSibling;
        const [own, beside] = [columns(header), next ? columns(next) : []];
        if (own.length > 1 || beside.length > 0 && beside[0] !== own[0]) found.add(`${header.innerText.split('\n')[0]} at ${height}`);
      }
    }
    return [...found];
  });
  assert.deepEqual(apart, []);
  await context.close();
});
