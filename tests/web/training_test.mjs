// Networks trained side by side in the explorer.
import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {open_browser, screenshot} from './browser.mjs';
import {open_at} from './explore_page.mjs';
import {explorer, ravine, work_folder} from './programs.mjs';

let browser, server, folder;

before(async () => {
  folder = work_folder('training');
  browser = await open_browser();
  server = await explorer([], {cwd: folder});
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

/** The tab, with the smallest network. */
async function open_training(options = {}) {
  const opened = await open_at(browser, server.url, options);
  await opened.page.getByRole('tab', {name: 'Training'}).click();
  await opened.page.getByLabel('model').selectOption('softmax');
  return opened;
}

const status_is = (page, text) => page.waitForFunction(
  (wanted) => [...document.querySelectorAll('.status')].some((each) => each.textContent === wanted), text, {timeout: 60000});
const press = (page, name) => page.getByRole('button', {name, exact: true}).click();

/** What Plotly draws of each optimizer: places and values. */
const curves = (page) => page.evaluate(() => document.querySelector('[aria-label="Training curves as they come"]').data
  .map(({name, x, y}) => ({name, x, y})));

test('optimizers race: all curves grow at once, and any metric that was measured is shown', async () => {
  const {page, context, complaints} = await open_training({colorScheme: 'dark'});
  await page.getByLabel('epochs').fill('200');
  await press(page, 'Train');
  await page.waitForFunction(() => document.querySelectorAll('.race tbody progress').length === 3);
  await page.waitForFunction(() => document.querySelector('[aria-label="Training curves as they come"]').data.every((each) => each.x.length > 3));
  await screenshot(page, 'explore-race-dark.png', {fullPage: true});
  await press(page, 'Stop');
  await status_is(page, 'Stopped.');
  const stopped = await curves(page);
  await page.getByLabel('metric').selectOption('test_accuracy');
  const chosen = await curves(page);
  chosen.forEach(({x, y}, i) => {
    assert.equal(x.length, stopped[i].x.length, 'nothing comes after it was stopped');
    assert.equal(y.length, x.length);
    assert.ok(y.every((each) => each >= 0 && each <= 1), y.join());
  });
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a training that was stopped goes on, ends as if it had not been, and goes on with more epochs', async () => {
  const {page, context, complaints} = await open_training();
  await page.getByLabel('epochs').fill('200'); // long enough to be stopped on a fast machine
  await press(page, 'Train');
  await page.waitForFunction(() => document.querySelector('[aria-label="Training curves as they come"]').data.every((each) => each.x.length > 2));
  await press(page, 'Stop');
  await status_is(page, 'Stopped.');
  await press(page, 'Go on');
  await status_is(page, 'Done.');
  await page.getByLabel('epochs').fill('210');
  await press(page, 'Go on');
  await status_is(page, 'Done.');
  const shown = await curves(page);
  await press(page, 'Copy as manifest');
  writeFileSync(path.join(folder, 'copied.yaml'), await page.evaluate(() => navigator.clipboard.readText()));
  await ravine(['run', 'copied.yaml', '--out', 'copied.db'], {cwd: folder});
  await ravine(['report', 'copied.db', '--data', '-o', 'copied.json'], {cwd: folder});
  const {problems} = JSON.parse(readFileSync(path.join(folder, 'copied.json'), 'utf8'));
  shown.forEach(({x, y}, i) => {
    const {curve} = problems[0].trials[i][0];
    assert.deepEqual(x, curve.epochs);
    y.forEach((each, row) => assert.ok(Math.abs(each - curve.metrics.validation_accuracy[row]) < 1e-6, `${i}, ${row}`));
  });
  assert.deepEqual(complaints, []);
  await context.close();
});

test('what the networks make of images is shown, and their first layers', async () => {
  const {page, context, complaints} = await open_training();
  await page.getByLabel('epochs').fill('3');
  await press(page, 'Train');
  await status_is(page, 'Done.');
  const rows = page.locator('.predictions tbody tr');
  assert.equal(await rows.count(), 3);
  for (const row of await rows.all()) {
    const cells = await row.locator('td').allInnerTexts();
    const wrong = cells.filter((each) => each.includes('✗')).length;
    assert.equal(cells.at(-1), `${20 - wrong} of 20`);
    assert.ok(wrong < 10, cells.join(' '));
  }
  assert.equal(await page.locator('.predictions thead canvas').count(), 20);
  const colours = await page.locator('.first-layer canvas').evaluateAll((all) => all.map((canvas) => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) if (data[i + 3]) seen.add(`${data[i] >> 4} ${data[i + 2] >> 4}`);
    return seen.size;
  }));
  assert.equal(colours.length, 3);
  for (const each of colours) assert.ok(each > 8, `${each} colours`);
  await screenshot(page, 'explore-views.png', {fullPage: true});
  await page.setViewportSize({width: 400, height: 860});
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);  // once figures have their new widths
  await screenshot(page, 'explore-views-narrow.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('beside a curve there is no network of another length', async () => {
  const {page, context, complaints} = await open_training();
  const train = async (epochs, button) => {
    await page.getByLabel('epochs').fill(epochs);
    await press(page, button);
    await status_is(page, 'Done.');
    const ends = (await curves(page)).map(({x}) => x.at(-1));
    assert.deepEqual(ends, ends.map(() => Number(epochs)));
    return page.locator('.predictions tbody tr').count();
  };
  assert.equal(await train('1', 'Train'), 3);
  assert.equal(await train('3', 'Go on'), 3);
  assert.equal(await train('1', 'Go on'), 0, 'what is kept is the network after three epochs');
  assert.equal(await train('3', 'Go on'), 3);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('groups of tensors have settings of their own', async () => {
  const {page, context, complaints} = await open_training();
  const card = page.getByRole('tabpanel').locator('.explorer').filter({visible: true}).locator('.run').first();
  await card.locator('details summary').first().click();
  await card.getByRole('button', {name: 'Add a group of tensors'}).click();
  const group = card.getByRole('region', {name: 'group'});
  assert.equal(await group.getByLabel('lr', {exact: true}).inputValue(), '0.5', 'what the rest has');
  await group.getByLabel('lr', {exact: true}).fill('0');
  assert.match(await page.locator('.manifest').filter({visible: true}).innerText(), /use: sgd, with: \{lr: 0.5\}, groups: \[\{role: bias, with: \{lr: 0\}\}\]/);
  await page.getByLabel('epochs').fill('1');
  await press(page, 'Train');
  await status_is(page, 'Done.');
  assert.ok((await page.getByLabel('metric').locator('option').allInnerTexts()).some((each) => each.includes('[bias].lr')));
  await group.getByLabel('tensors of the group').selectOption('norm');
  await press(page, 'Train');
  await page.waitForFunction(() => /groups.*norm/s.test(document.querySelector('.status.fault')?.textContent ?? ''));
  await group.getByRole('button', {name: 'Take the group away'}).click();
  assert.doesNotMatch(await page.locator('.manifest').filter({visible: true}).innerText(), /groups/);
  assert.deepEqual(complaints.filter((each) => !/400/.test(each)), []);
  await context.close();
});
