// What the landscape tab shows beside the paths: readings, ghosts, many runs at once, and the way back.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {open_browser, screenshot} from './browser.mjs';
import {changes, open_at, readings} from './explore_page.mjs';
import {explorer, ravine, work_folder} from './programs.mjs';

let browser, server, folder;

before(async () => {
  folder = work_folder('landscapes');
  browser = await open_browser();
  server = await explorer([], {cwd: folder});
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

const open_explorer = (options = {}, hash = '') => open_at(browser, server.url + hash, options);
const hash_of = (state) => `#${encodeURIComponent(JSON.stringify(state))}`;
const run = (use, ink, with_ = {}) => ({use, with: with_, ink, schedule: '', schedule_with: {}});
const settled = (page) => page.waitForTimeout(500);  // a change ends when nothing has changed for a while

test('an address of any form opens the page', async () => {
  for (const hash of ['#{', '#null', '#%7B', hash_of({runs: [{}], start: 'here', frame: {lower: 1}, landscape_with: [1], tab: 'none', steps: 'many'}),
                      hash_of({runs: 5, trained: null, tour: {}})]) {
    const {page, context, complaints} = await open_explorer({}, hash);
    assert.equal((await readings(page)).length, 3, hash);
    assert.deepEqual(complaints, [], hash);
    await context.close();
  }
});

test('a landscape that is turned or moved is shown as a whole, with the whole path', async () => {
  const {page, context} = await open_explorer();
  await readings(page);
  const [answer] = await Promise.all([
    page.waitForResponse((each) => each.url().endsWith('/api/trace')), page.getByLabel('shift').check()]);
  const {image, paths} = await answer.json();
  for (const {x, y} of paths) {
    assert.ok(x[0] >= image.lower[0] && x[0] <= image.upper[0] && y[0] >= image.lower[1] && y[0] <= image.upper[1], `${x[0]}, ${y[0]}`);
  }
  await context.close();
});

test('the view fits the paths on demand', async () => {
  const {page, context} = await open_explorer();
  await readings(page);
  const [answer] = await Promise.all([
    page.waitForResponse((each) => each.url().endsWith('/api/trace')), page.getByRole('button', {name: 'Around the paths'}).click()]);
  const {image, paths} = await answer.json();
  for (const axis of [0, 1]) {
    const places = paths.flatMap((each) => axis === 0 ? each.x : each.y);
    const [low, high] = [Math.min(...places), Math.max(...places)];
    const width = image.upper[axis] - image.lower[axis];
    assert.ok(image.lower[axis] < low && image.upper[axis] > high, `${image.lower[axis]} < ${low}, ${high} < ${image.upper[axis]}`);
    assert.ok((high - low) / width > 0.75, `the paths take ${(high - low) / width} of axis ${axis}`);
  }
  await context.close();
});

test('one that diverges moves nothing, and leaves the others their axis', async () => {
  const {page, context, complaints} = await open_explorer();
  await readings(page);
  const places = () => page.evaluate(() => ['.player', '.beside .landscape'].map((each) => document.querySelector(each).getBoundingClientRect().top));
  const at_first = await places();
  await page.getByLabel('lr', {exact: true}).first().fill('0.9');
  await page.waitForSelector('.note.fault:not(:empty)');
  assert.deepEqual(await places(), at_first);
  assert.equal(await page.locator('.legend .reading').first().innerText(), '∞');
  const losses = page.locator('.beside .landscape');
  await losses.hover();
  const [download] = await Promise.all([page.waitForEvent('download'), losses.getByRole('button', {name: 'as SVG'}).click()]);
  const texts = [...readFileSync(await download.path(), 'utf8').matchAll(/text-anchor="end"[^>]*>([^<]+)</g)].map((each) => each[1]);
  const value = (text) => Number(text.replace(/^10(?=.)/, '1e').replace('⁻', '-').replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (each) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(each)));
  assert.ok(texts.length > 2 && texts.every((each) => value(each) <= 24.2e3 * 1.5), texts.join(' '));  // the start's loss is 24.2
  // Dashes of a line that leads far away take a browser a second to draw.
  await page.getByLabel('lr', {exact: true}).nth(1).fill('0.3');
  await page.waitForFunction(() => document.querySelectorAll('.note.fault:not(:empty)').length === 2);
  const picture = page.locator('.views .landscape').first();
  await picture.hover();
  const [drawn] = await Promise.all([page.waitForEvent('download'), picture.getByRole('button', {name: 'as SVG'}).click()]);
  const {width, height} = await picture.boundingBox();
  const lines = [...readFileSync(await drawn.path(), 'utf8').matchAll(/<path d="(M[^"]*L[^"]*)"/g)].flatMap(([, line]) => [...line.matchAll(/[ML](\S+) ([^ML"Z]+)/g)]);
  assert.ok(lines.length > 100, `${lines.length} points`);
  for (const [, left, top] of lines) assert.ok(left > -30 && left < width + 30 && top > -30 && top < height + 30, `${left}, ${top}`);
  await screenshot(page, 'explore-diverged.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a pointer reads the landscape, and the steps of a path', async () => {
  const {page, context} = await open_explorer();
  await readings(page);
  const canvas = page.locator('.views canvas').first();
  const box = await canvas.boundingBox();
  const point = (x, y) => ({x: 44 + (x + 2) / 4 * (box.width - 54), y: 10 + (3 - y) / 4 * (box.height - 38)});
  const reading = async (at) => {
    await canvas.hover({position: at});
    await page.waitForFunction(() => document.querySelector('.reading-line').textContent !== '');
    return page.locator('.reading-line').first().innerText();
  };
  const [x, y] = [1.5, -0.5];
  const text = await reading(point(x, y));
  const [, at_x, at_y, loss, slope] = text.match(/^\((.+), (.+)\): loss ≈ (.+), gradient ≈ (.+)$/).map(Number);
  const value = 100 * (at_y - at_x ** 2) ** 2 + (1 - at_x) ** 2;
  const gradient = Math.hypot(-400 * at_x * (at_y - at_x ** 2) - 2 * (1 - at_x), 200 * (at_y - at_x ** 2));
  assert.ok(Math.abs(at_x - x) < 0.02 && Math.abs(at_y - y) < 0.02, text);
  assert.ok(Math.abs(loss / value - 1) < 0.03 && Math.abs(slope / gradient - 1) < 0.03, `${text} for ${value} and ${gradient}`);
  assert.match(await reading(point(-1.2, 1)), /^(sgd|momentum|adam), step \d+: \(-1\..*, loss \d/);
  await context.close();
});

test('the path before a change stays as a ghost, and going back undoes the change', async () => {
  const {page, context, complaints} = await open_explorer();
  const first = await readings(page);
  await settled(page);
  assert.ok(await page.getByRole('button', {name: 'Undo'}).isDisabled());
  const strokes = async () => {
    const picture = page.locator('.views .landscape').first();
    await picture.hover();
    const [download] = await Promise.all([page.waitForEvent('download'), picture.getByRole('button', {name: 'as SVG'}).click()]);
    return [...readFileSync(await download.path(), 'utf8').matchAll(/stroke-width="1.3"/g)].length;
  };
  assert.equal(await strokes(), 0);
  const second = await changes(page, () => page.getByLabel('lr', {exact: true}).first().fill('0.0005'));
  assert.equal(await strokes(), 1, 'of the one path that has changed');
  await settled(page);
  await changes(page, () => page.getByLabel('lr', {exact: true}).first().fill('0.0002'));
  await settled(page);
  await page.getByRole('button', {name: 'Undo'}).click();
  await page.waitForFunction((text) => document.querySelector('.legend .reading').textContent === text, second[0]);
  assert.equal(await page.getByLabel('lr', {exact: true}).first().inputValue(), '0.0005');
  await page.goBack();
  await page.waitForFunction((text) => document.querySelector('.legend .reading').textContent === text, first[0]);
  await page.goForward();
  await page.waitForFunction((text) => document.querySelector('.legend .reading').textContent === text, second[0]);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the phase plane holds the steps that ravine trace takes, and a click takes its values', async () => {
  const {page, context, complaints} = await open_explorer({}, hash_of({
    landscape: 'ellipsoid', landscape_with: {kappa: 20}, steps: 200, runs: [run('momentum', 1, {lr: 0.01})], frame: null}));
  await readings(page);
  const part = page.locator('section', {has: page.locator('#sweep-title')});
  await part.getByLabel('target, above the minimum').fill('0.001');
  await part.getByRole('button', {name: 'Compute'}).click();
  await page.waitForFunction(() => /^400 runs\./.test([...document.querySelectorAll('.status')].at(-1).textContent), null, {timeout: 60000});
  const canvas = part.locator('canvas');
  await canvas.hover();
  const [download] = await Promise.all([page.waitForEvent('download'), part.getByRole('button', {name: 'as CSV'}).click()]);
  const rows = readFileSync(await download.path(), 'utf8').trim().split('\n').slice(1).map((each) => each.split(','));
  assert.equal(rows.length, 400);
  const met = rows.filter((each) => each[2] !== '').sort((a, b) => a[2] - b[2]);
  assert.ok(met.length > 20 && met.length < 400, `${met.length} cells meet the target`);
  for (const [lr, beta, steps] of [met[0], met[Math.floor(met.length / 2)], met.at(-1)]) {
    const {stdout} = await ravine(['trace', 'momentum', '--on', 'ellipsoid', '--landscape-set', 'kappa=20', '--set', `lr=${lr}`, '--set', `beta=${beta}`, '--steps', '200']);
    const [names, ...all] = stdout.trim().split('\n').map((row) => row.split(','));
    const first = all.find((row) => Number(row[names.indexOf('loss')]) <= 0.001);
    assert.equal(Number(first?.[names.indexOf('step')]), Number(steps), `lr ${lr}, beta ${beta}`);
  }
  await canvas.focus();
  for (let i = 0; i < 25; ++i) await page.keyboard.press('ArrowRight');
  for (let i = 0; i < 25; ++i) await page.keyboard.press('ArrowDown');
  await changes(page, () => page.keyboard.press('Enter'));
  assert.match(await page.locator('.manifest').innerText(), /use: momentum, with: \{lr: 1, beta: 0.5\}/);
  await screenshot(page, 'explore-plane.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a basin map tells from where each minimum is reached', async () => {
  const {page, context, complaints} = await open_explorer({}, hash_of({
    landscape: 'himmelblau', landscape_with: {}, steps: 100, runs: [run('sgd', 0, {lr: 0.01})], frame: null}));
  await readings(page);
  const part = page.locator('section', {has: page.locator('#sweep-title')});
  await part.getByLabel('show').selectOption('starts');
  await part.getByRole('button', {name: 'Compute'}).click();
  await page.waitForFunction(() => /^256 runs\./.test([...document.querySelectorAll('.status')].at(-1).textContent), null, {timeout: 90000});
  const canvas = part.locator('canvas');
  const box = await canvas.boundingBox();
  // The start (3.4, 2.2) of a box from -5 to 5 lies beside the minimum at (3, 2).
  await canvas.hover({position: {x: 74 + 0.84 * (box.width - 88), y: 10 + 0.28 * (box.height - 54)}});
  assert.match(await part.locator('.reading-line').innerText(), /^x 3\.4\d*, y 2\.\d+: \d+ steps, ends at \((3|2\.99|3\.0\d?), (2|1\.99|2\.0\d?)\)$/);
  await changes(page, () => canvas.click({position: {x: 74 + 0.1 * (box.width - 88), y: 10 + 0.9 * (box.height - 54)}}));
  assert.match(await page.locator('.manifest').innerText(), /start: \[-4\.\d+, -4\.\d+\]/);
  await screenshot(page, 'explore-starts.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a fan shows fifteen values at once', async () => {
  const {page, context, complaints} = await open_explorer();
  await readings(page);
  const part = page.locator('section', {has: page.locator('#sweep-title')});
  await part.getByLabel('show').selectOption('fan');
  await part.getByRole('button', {name: 'Compute'}).click();
  await part.locator('.main-svg').first().waitFor();
  const {x, y} = await part.locator('.chart').evaluate((each) => each.data[0]);
  assert.equal(x.length, 15);
  const place = y.findIndex((each) => each !== null);
  const {stdout} = await ravine(['trace', 'sgd', '--on', 'rosenbrock', '--set', `lr=${x[place]}`, '--steps', '1000']);
  const loss = Number(stdout.trim().split('\n').at(-1).split(',')[2]);
  assert.ok(Math.abs(y[place] / loss - 1) < 1e-3, `${y[place]} for ${loss}`);
  await screenshot(page, 'explore-fan.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('with equal axes a unit is as long on both', async () => {
  const {page, context} = await open_explorer();
  await readings(page);
  await page.getByLabel('equal axes').check();
  const picture = page.locator('.views .landscape').first();
  await picture.hover();
  const [download] = await Promise.all([page.waitForEvent('download'), picture.getByRole('button', {name: 'as SVG'}).click()]);
  const [, width, height] = readFileSync(await download.path(), 'utf8').match(/<image [^>]*width="([\d.]+)" height="([\d.]+)" preserve/);
  assert.ok(Math.abs(width / height - 1) < 0.01, `${width} by ${height} pixels for 4 by 4 units`);
  await context.close();
});

test('time is logarithmic, or even', async () => {
  const {page, context} = await open_explorer();
  await readings(page);
  const step = async () => Number((await page.locator('.player .step').innerText()).match(/step ([\d,]+)/)[1].replace(',', ''));
  await page.locator('.scrub').fill('0.5');
  assert.equal(await step(), Math.round(Math.sqrt(1001) - 1));
  await page.getByLabel('logarithmic time').uncheck();
  await page.locator('.scrub').fill('0.5');
  assert.equal(await step(), 500);
  await context.close();
});

test('three images of their own lie in one row', async () => {
  const {page, context} = await open_explorer({viewport: {width: 1440, height: 900}});
  await readings(page);
  await page.getByLabel('each in an image of its own').check();
  const tops = await page.locator('.views figure').evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
  assert.equal(tops.length, 3);
  assert.equal(new Set(tops).size, 1, tops.join(', '));
  await context.close();
});

test('the surface shows the paths above it, up to the step that is shown', async () => {
  const {page, context, complaints} = await open_explorer();
  await readings(page);
  await page.getByRole('button', {name: 'Show as a surface'}).click();
  await page.waitForSelector('.surface .gl-container canvas');
  const seen = () => page.locator('.surface .chart').evaluate((each) => {
    const [ground, ...paths] = each.data;
    const heights = ground.z.flat();
    return {paths: paths.map((one) => one.x.length), titles: ['xaxis', 'yaxis', 'zaxis'].map((axis) => each.layout.scene[axis].title.text),
            range: [Math.min(...heights), Math.max(...heights)],
            below: paths.flatMap((one) => one.z).filter((z) => z !== null && z <= 0).length};
  });
  const whole = await seen();
  assert.deepEqual(whole.paths, [1001, 1001, 1001]);
  assert.deepEqual(whole.titles, ['x', 'y', 'loss (logarithmic)']);
  assert.deepEqual(whole.range.map(Math.round), [0, 1]);
  assert.equal(whole.below, 0);
  await page.locator('.scrub').fill('0');
  await page.waitForFunction(() => document.querySelector('.surface .chart').data[1].x.length === 1);
  await screenshot(page, 'explore-surface.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the curve of a schedule stands beside its fields', async () => {
  const {page, context, complaints} = await open_explorer();
  await readings(page);
  const card = page.locator('.run').nth(2);  // adam with lr 0.05
  await card.locator('summary').click();
  await card.getByLabel('schedule of lr').selectOption('cosine');
  const curve = card.locator('.schedule-curve svg');
  await page.waitForFunction(() => /^lr at most 0\.05, \S+e-\d+ at the end$/.test(document.querySelector('.schedule-curve svg')?.getAttribute('aria-label')));
  const heights = (await curve.locator('polyline').getAttribute('points')).split(' ').map((each) => Number(each.split(',')[1]));
  assert.ok(heights.length > 50 && heights.every((each, i) => i === 0 || each >= heights[i - 1]), 'it falls all the way');
  assert.equal(await page.locator('.schedule-curve svg').count(), 1);
  await screenshot(page, 'explore-schedule.png', {fullPage: true});
  // Restarts every ten steps, which a look every ten steps would not see.
  await card.getByLabel('schedule of lr').selectOption('cosine_restarts');
  await page.waitForFunction(() => /^lr at most 0\.05, 0\.001\d* at the end$/.test(document.querySelector('.schedule-curve svg')?.getAttribute('aria-label')));
  assert.deepEqual(complaints, []);
  await context.close();
});
