// axe on every page, in light and dark and on a telephone's width, and the keyboard alone.
import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {open_browser, open_page, screenshot, see_all} from './browser.mjs';
import {changes, open_at, readings} from './explore_page.mjs';
import {explorer, ravine, work_folder} from './programs.mjs';

const web = createRequire(path.join(path.dirname(fileURLToPath(import.meta.url)), '../../framework/web/package.json'));
const axe = readFileSync(web.resolve('axe-core/axe.min.js'), 'utf8');

let browser, server, folder;

before(async () => {
  folder = work_folder('accessibility');
  writeFileSync(path.join(folder, 'seen.yaml'), `
name: seen
repetitions: 3
problems: [{use: rosenbrock, train: {steps: 300}}, {use: booth, train: {steps: 100}}]
evaluate: {target: {gap: 1}}
optimizers:
  - {use: sgd, with: {lr: {grid: [1e-3, 0.5]}}}
  - {use: adam, with: {lr: {grid: [0.01, 0.1]}, beta1: {grid: [0.8, 0.9]}}, schedule: {lr: {use: cosine}}}
`);
  await ravine(['run', 'seen.yaml', '--out', 'seen.db'], {cwd: folder});
  await ravine(['report', 'seen.db', '-o', 'seen.html'], {cwd: folder});
  browser = await open_browser();
  server = await explorer([path.join(folder, 'seen.db')], {cwd: folder});
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

/** What axe finds that is serious or worse. */
async function found(page) {
  await page.evaluate(axe);
  const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ['violations']}));
  return violations.filter((each) => ['serious', 'critical'].includes(each.impact))
                   .map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
}

/** A small network by optimizers of which one has a group, to the end. */
async function train(page) {
  await page.getByLabel('model').selectOption('softmax');
  await page.getByLabel('epochs').fill('1');
  const card = page.locator('.explorer').filter({visible: true}).locator('.run').first();
  await card.locator('details summary').first().click();
  await card.getByRole('button', {name: 'Add a group of tensors'}).click();
  await page.getByRole('button', {name: 'Train', exact: true}).click();
  await page.locator('.first-layer canvas').nth(2).waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll('.status')].some((each) => each.textContent === 'Done.'));
}

const looks = {light: {}, dark: {colorScheme: 'dark'}, narrow: {viewport: {width: 400, height: 860}}};

for (const [name, options] of Object.entries(looks)) {
  test(`axe finds nothing serious in the report: ${name}`, async () => {
    const {page, context} = await open_page(browser, {offline: true, bypassCSP: true, ...options});
    await page.goto(`file://${path.join(folder, 'seen.html')}`);
    await page.waitForSelector('#page:not([aria-busy]) h1');
    await see_all(page);
    assert.deepEqual(await found(page), []);
    await context.close();
  });

  test(`axe finds nothing serious in the explorer: ${name}`, async () => {
    const {page, context} = await open_at(browser, server.url, {bypassCSP: true, ...options});
    await readings(page);
    for (const tab of ['Landscape', 'Training', 'Tour', 'Results']) {
      await page.getByRole('tab', {name: tab}).click();
      if (tab === 'Results') await page.waitForSelector('.results #summary');
      if (tab === 'Training') await train(page);
      if (tab === 'Tour') await page.waitForSelector('[aria-label=Picture][aria-busy=false]');
      assert.deepEqual(await found(page), [], tab);
    }
    await context.close();
  });
}

/** Presses Tab until that has the focus. */
async function tab_to(page, matches) {
  for (let i = 0; i < 200; ++i) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((text) => document.activeElement?.matches(text), matches)) return;
  }
  assert.fail(`Tab does not lead to ${matches}`);
}

test('the keyboard alone drives the explorer', async () => {
  const {page, context} = await open_at(browser, server.url);
  const first = await readings(page);
  await tab_to(page, '[aria-label="lr, slider"]');
  const faster = await changes(page, () => page.keyboard.press('ArrowRight'));
  assert.notEqual(faster[0], first[0]);
  await tab_to(page, '.views canvas');
  await changes(page, () => page.keyboard.press('ArrowUp'));
  await tab_to(page, 'button.play');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('button.play').first().innerText(), 'Pause');
  await page.keyboard.press('Enter');
  await tab_to(page, '.save button');
  const [saved] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  assert.match(saved.suggestedFilename(), /\.png$/);
  await page.locator('[role=tab][aria-selected=true]').focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('[role=tab][aria-selected=true]').innerText(), 'Results');
  await context.close();
});

test('the keyboard alone trains, stops and goes on', async () => {
  const {page, context} = await open_at(browser, server.url);
  await page.getByRole('tab', {name: 'Training'}).click();
  await page.getByLabel('model').selectOption('softmax');
  await page.getByLabel('epochs').fill('200');
  await page.locator('[role=tab][aria-selected=true]').focus();
  const said = (text) => page.waitForFunction((wanted) => [...document.querySelectorAll('.status')].some((each) => each.textContent === wanted), text);
  const press = async (name) => {
    for (let i = 0; i < 100; ++i) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((text) => document.activeElement?.textContent === text, name)) return page.keyboard.press('Enter');
    }
    assert.fail(`Tab does not lead to ${name}`);
  };
  const has_focus = (name) => page.waitForFunction((text) => document.activeElement?.textContent === text, name);
  const trains = () => page.locator('.race tbody progress').first().waitFor();
  await press('Train');
  await trains();
  for (let i = 0; i < 2; ++i) {
    await has_focus('Stop');
    await page.keyboard.press('Enter');
    await said('Stopped.');
    await has_focus('Go on');
    if (i > 0) break;
    await page.keyboard.press('Enter');
    await trains();
  }
  await context.close();
});

test('the keyboard alone reads the report', async () => {
  const {page, context} = await open_page(browser, {offline: true});
  await page.goto(`file://${path.join(folder, 'seen.html')}`);
  await page.waitForSelector('#page:not([aria-busy]) h1');
  await tab_to(page, '.contents a');
  await tab_to(page, '.heat button');
  await page.keyboard.press('Enter');
  await tab_to(page, '[role=tab]');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('[role=tab][aria-selected=true]').innerText(), 'booth');
  await tab_to(page, '#summary thead button');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#summary thead th').first().getAttribute('aria-sort'), 'ascending');
  await screenshot(page, 'keyboard-report.png');
  await context.close();
});
