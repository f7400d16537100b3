// The report, opened from the disk with the network off.
import assert from 'node:assert/strict';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {in_folder, open_browser, open_page, screenshot, see_all} from './browser.mjs';
import {ravine, work_folder} from './programs.mjs';

const manifest = `
name: report-test
repetitions: 3
baseline: adam
problems:
  - {use: rosenbrock, train: {steps: 2000}, evaluate: {every: {steps: 20}}}
  - {use: sphere, noise: 0.1, instance: {rotate: true, shift: true}, train: {steps: 200}}
  - {use: mlp, label: digits, with: {hidden: [16]}, data: {use: digits, with: {train: 600, validation: 200, test: 200}}, train: {epochs: 3}}
evaluate: {target: {gap: {from: 1, to: 1e-2, count: 5}, validation_accuracy: 0.5}}
optimizers:
  - {use: sgd, with: {lr: {grid: [1e-3, 0.5]}}}
  - {use: adam, with: {lr: {grid: [0.01, 0.1]}, beta1: {grid: [0.8, 0.9]}}, schedule: {lr: {use: cosine}}}
`;

let browser, files, document, compared;

before(async () => {
  const folder = work_folder('report');
  files = {db: path.join(folder, 'report-test.db'), html: path.join(folder, 'report.html')};
  writeFileSync(path.join(folder, 'report-test.yaml'), manifest);
  await ravine(['run', 'report-test.yaml', '--out', files.db], {cwd: folder});
  await ravine(['report', files.db, '-o', files.html, '--baseline', 'sgd'], {cwd: folder});
  await ravine(['report', files.db, '--data', '-o', 'data.json', '--baseline', 'sgd'], {cwd: folder});
  document = JSON.parse(readFileSync(path.join(folder, 'data.json'), 'utf8'));
  compared = JSON.parse((await ravine(['compare', files.db, '--format', 'json', '--baseline', 'sgd'])).stdout);
  browser = await open_browser();
});
after(() => browser?.close());

async function open_report(options = {}) {
  const opened = await open_page(browser, {offline: true, ...options});
  await opened.page.goto(`file://${files.html}`);
  await opened.page.waitForSelector('#page:not([aria-busy]) h1');
  return opened;
}

test('the data are those of ravine compare', () => {
  assert.deepEqual(document.comparison, compared);
  assert.equal(document.problems.length, 3);
});

test('the page is one file of at most 8 MB and its data', () => {
  assert.ok(statSync(files.html).size < 8e6, `${statSync(files.html).size} bytes`);
});

test('the summary shows what was compared, and sorts it', async () => {
  const {page, context, complaints} = await open_report();
  const rows = page.locator('#summary tbody tr');
  assert.equal(await rows.count(), 2);
  const problem = compared.problems[0];
  const adam = problem.configurations[problem.chosen[1]];
  const shown = await rows.nth(1).locator('td').nth(1).innerText();
  const median = Number(shown.split('\n')[0].replace('★', ''));
  assert.ok(Math.abs(median / adam.scores.loss.median - 1) < 1e-3, `${shown} for ${adam.scores.loss.median}`);
  const names = () => page.locator('#summary tbody th').allInnerTexts();
  assert.deepEqual(await names(), ['sgd', 'adam']);
  await page.locator('#summary thead button').first().click();
  assert.deepEqual(await names(), ['adam', 'sgd']);
  assert.equal(await page.locator('#summary thead th').first().getAttribute('aria-sort'), 'ascending');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the answer comes first, then each warning once', async () => {
  const {page, context, complaints} = await open_report();
  const order = await page.locator('.results-page > *').evaluateAll((all) => all.map((each) => each.id).filter(Boolean));
  assert.deepEqual(order.slice(0, 3), ['overview', 'warnings', 'problem']);
  const without_commas = (text) => text.replaceAll(/(?<=\d),(?=\d{3})/g, '');
  const sentences = (await page.locator('.headlines li').allInnerTexts()).map(without_commas);
  assert.equal(sentences.length, 3);
  const [first] = compared.problems;
  const lines = first.chosen.map((index) => first.configurations[index]);
  const expected = (each) => Number(String(each.time_to_target.evaluations.expected).replace('inf', 'Infinity'));
  const best = lines.reduce((a, b) => expected(b) < expected(a) ? b : a);
  const {gap, loss} = first.target;
  assert.ok(sentences[0].startsWith(`rosenbrock: ${best.optimizer} reaches ${gap === undefined ? 'loss' : 'gap'} ≤ ${gap ?? loss} in ${Number(expected(best).toPrecision(4))} expected evaluations`), sentences[0]);
  assert.equal(first.leaders.evaluations === undefined, sentences[0].includes('not told apart'), sentences[0]);
  const cells = await page.locator('.heat tbody tr').first().locator('td').allInnerTexts();
  lines.forEach((each, i) => {
    const shown = without_commas(cells[i].replace('★', ''));
    if (each.time_to_target.evaluations.expected === 'inf') assert.equal(shown, 'never');
    else assert.ok(Math.abs(Number(shown) / expected(each) - 1) < 1e-3, `${shown} for ${expected(each)}`);
  });
  await page.locator('.heat tbody button').nth(1).click();
  assert.equal(await page.locator('[role=tab][aria-selected=true]').innerText(), 'sphere');
  const warnings = await page.locator('.warnings li').evaluateAll((all) => all.map((each) => each.textContent));
  const every = new Set([...compared.warnings, ...compared.problems.flatMap((each) => each.warnings)]);
  assert.equal(warnings.length, every.size);
  for (const text of every) assert.equal(warnings.filter((each) => each.endsWith(text)).length, 1, text);
  assert.equal(warnings.filter((each) => each.includes('was chosen for this comparison')).length, 1);
  assert.ok(warnings.some((each) => each.includes('repetitions')), warnings.join('; '));
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the contents lead to every section', async () => {
  const {page, context} = await open_report();
  const titles = await page.locator('section.card h2, aside.warnings h2').allInnerTexts();
  assert.deepEqual(await page.locator('.contents a').allInnerTexts(), titles);
  await page.locator('.contents a', {hasText: 'Memory and time'}).press('Enter');
  await page.waitForFunction(() => document.activeElement?.id === 'cost-title');
  await page.waitForFunction(() => document.getElementById('cost').getBoundingClientRect().top < innerHeight);
  await context.close();
});

test('a print shows all problems, all figures and all that is folded, as wide as the paper', async () => {
  const {page, context, complaints} = await open_report({colorScheme: 'dark', viewport: {width: 1440, height: 900}});
  await see_all(page);  // at the width of the window, which is not the paper's
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({media: 'print'});
  const printed = await page.evaluate(() => ({
    problems: document.querySelectorAll('#summary').length,
    folded: document.querySelectorAll('details:not([open])').length,
    missing: [...document.querySelectorAll('.chart')].filter((each) => !each.querySelector('.main-svg')).map((each) => each.ariaLabel),
    blank: [...document.querySelectorAll('.landscape canvas')].filter((each) => each.width < 100 || each.height < 100).length,
    wide: [...document.querySelectorAll('.main-svg, .landscape canvas, table')].filter((each) => each.getBoundingClientRect().width > 719).length,
    ground: getComputedStyle(document.documentElement).getPropertyValue('--paper'),
  }));
  assert.deepEqual(printed, {problems: 3, folded: 0, missing: [], blank: 0, wide: 0, ground: '#ffffff'});
  await screenshot(page, 'report-print.png', {fullPage: true});
  await page.emulateMedia({media: 'screen'});
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.equal(await page.locator('#summary').count(), 1);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
  const pdf = await page.pdf({path: in_folder('report.pdf'), format: 'A4', printBackground: true});
  const pages = pdf.toString('latin1').match(/\/Type \/Page\b/g).length;
  assert.ok(pages >= 3, `${pages} pages`);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('on a telephone nothing in a figure is cut off or turned', async () => {
  const {page, context} = await open_report({viewport: {width: 400, height: 860}});
  await see_all(page);
  const found = await page.evaluate(() => [...document.querySelectorAll('.chart')].flatMap((chart) => {
    const {left, right} = chart.getBoundingClientRect();
    const texts = [...chart.querySelectorAll('.main-svg text:is(.xtitle, .x2title, .annotation-text, .legendtext), .main-svg :is(.xtick, .x2tick, .ytick) text')];
    return texts.filter((each) => {
      const box = each.getBoundingClientRect();
      return box.right > right + 1 || box.left < left - 1 || /rotate\((?!0)/.test(each.getAttribute('transform') ?? '');
    }).map((each) => `${chart.ariaLabel}: ${each.textContent}`);
  }));
  assert.deepEqual(found, []);
  await context.close();
});

test('curves show the stored values, and the metric and the axis can be chosen', async () => {
  const {page, context, complaints} = await open_report();
  await see_all(page);
  const median_line = () => page.evaluate(() => {
    const data = document.querySelector('#curves .chart').data.filter((each) => each.hovertemplate);
    return data.map((each) => ({name: each.name, x: each.x, y: each.y}));
  });
  const problem = compared.problems[0];
  const stored = document.problems[0].trials[problem.chosen[0]][0].curve;
  const [sgd] = await median_line();
  assert.deepEqual(sgd.x, stored.step);
  assert.deepEqual(sgd.y, stored.metrics.loss);
  await page.locator('#curves select').nth(0).selectOption('gradient_norm');
  await page.locator('#curves select').nth(1).selectOption('evaluations');
  const [chosen] = await median_line();
  assert.deepEqual(chosen.x, stored.evaluations);
  assert.deepEqual(chosen.y, stored.metrics.gradient_norm);
  await page.getByLabel('every repetition').first().check();
  assert.equal((await median_line()).length, 6);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the animation plays, pauses, steps and scrubs', async () => {
  const {page, context, complaints} = await open_report();
  const step = async () => Number((await page.locator('.player .step').innerText()).match(/step ([\d,]+)/)[1].replace(',', ''));
  const reading = () => page.locator('.legend .reading').first().innerText();
  assert.equal(await step(), 2000);
  const at_end = await reading();
  await page.locator('.scrub').fill('0');
  assert.equal(await step(), 0);
  assert.equal(await reading(), '24.2');  // Rosenbrock's function at (-1.2, 1)
  await page.getByLabel('One step on').click();
  assert.equal(await step(), 1);
  await page.getByRole('button', {name: 'Play'}).click();
  await page.waitForFunction(() => Number(document.querySelector('.player .step').textContent.match(/step ([\d,]+)/)[1].replace(',', '')) > 100);
  await page.getByRole('button', {name: 'Pause'}).click();
  const paused = await step();
  await page.waitForTimeout(150);
  assert.equal(await step(), paused);
  await page.getByLabel('logarithmic time').uncheck();
  await page.locator('.scrub').fill('0.5');
  assert.equal(await step(), 1000);
  await page.locator('.scrub').fill('1');
  assert.equal(await reading(), at_end);
  await page.getByLabel('each in an image of its own').check();
  assert.equal(await page.locator('.views canvas').count(), 2);
  await page.getByRole('button', {name: 'Show as a surface'}).click();
  await page.waitForSelector('.surface .gl-container canvas');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('paths are within a pixel of the trace at every step', async () => {
  const {page, context} = await open_report({viewport: {width: 3840, height: 2160}});
  await page.locator('.views canvas').first().waitFor();
  const canvas = await page.locator('.views canvas').first().boundingBox();
  await context.close();
  const folder = work_folder('paths');
  const steps = 20000;
  const optimizers = {momentum: {lr: 0.0005}, adam: {lr: 0.05}};
  writeFileSync(path.join(folder, 'paths.yaml'), `problems: [{use: rosenbrock}]\ntrain: {steps: ${steps}}\noptimizers:\n` +
    Object.entries(optimizers).map(([name, {lr}]) => `  - {use: ${name}, with: {lr: ${lr}}}\n`).join(''));
  await ravine(['run', 'paths.yaml', '--out', 'paths.db'], {cwd: folder});
  await ravine(['report', 'paths.db', '--data', '-o', 'paths.json'], {cwd: folder});
  const {trials, landscape: {images}} = JSON.parse(readFileSync(path.join(folder, 'paths.json'), 'utf8')).problems[0];
  for (const [line, [name, {lr}]] of Object.entries(optimizers).entries()) {
    const {stdout} = await ravine(['trace', name, '--on', 'rosenbrock', '--set', `lr=${lr}`, '--steps', String(steps)]);
    const [names, ...all] = stdout.trim().split('\n').map((row) => row.split(','));
    const [step, x, y] = ['step', 'x0', 'x1'].map((column) => all.map((row) => Number(row[names.indexOf(column)])));
    const drawn = trials[line][0].path;
    for (const {lower, upper} of images) {
      let row = 0, farthest = 0;
      for (let i = 0; i < step.length; ++i) {
        while (drawn.step[row + 1] < step[i]) ++row;
        const share = (step[i] - drawn.step[row]) / (drawn.step[row + 1] - drawn.step[row]);
        const off = (of, value, axis, pixels) =>
            (of[row] + share * (of[row + 1] - of[row]) - value) / (upper[axis] - lower[axis]) * pixels;
        farthest = Math.max(farthest, Math.hypot(off(drawn.x, x[i], 0, canvas.width), off(drawn.y, y[i], 1, canvas.height)));
      }
      console.log(`# ${name}: ${drawn.step.length} of ${step.length} points, within ${farthest.toFixed(3)} of ${canvas.width.toFixed(0)} pixels`);
      assert.ok(step.length === steps + 1 && farthest < 1, `${name}: ${farthest} pixels`);
    }
  }
});

test('figures and canvases are saved as PNG, SVG and CSV, and nothing is sent anywhere', async () => {
  const {page, context, complaints} = await open_report();
  await see_all(page);
  const buttons = await page.locator('#curves .modebar-btn').evaluateAll((all) => all.map((each) => each.dataset.title));
  assert.ok(!buttons.some((each) => /share|cloud|studio/i.test(each)), buttons.join(', '));
  const figures = page.locator('.figure, .landscape');
  assert.equal(await figures.count(), await page.locator('.save').count());
  for (const figure of [page.locator('#curves .figure').first(), page.locator('.views .landscape'), page.locator('.beside .landscape')]) {
    const saved = {};
    for (const format of ['PNG', 'SVG', 'CSV']) {
      await figure.hover();
      const [download] = await Promise.all([page.waitForEvent('download'), figure.getByRole('button', {name: `as ${format}`}).click()]);
      assert.match(download.suggestedFilename(), new RegExp(`^[\\w-]+\\.${format.toLowerCase()}$`));
      saved[format] = readFileSync(await download.path(), 'latin1');
    }
    assert.ok(saved.PNG.startsWith('\x89PNG'));
    assert.ok(saved.SVG.startsWith('<svg'));
    const drawn = await page.evaluate((text) => new DOMParser().parseFromString(text, 'image/svg+xml').querySelectorAll('path').length, saved.SVG);
    assert.ok(drawn > 3, `${drawn} paths in ${saved.SVG.slice(0, 400)}`);
    assert.ok(saved.CSV.split('\n').length > 100, saved.CSV.slice(0, 200));
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a landscape that is turned and moved has a close-up of each repetition', async () => {
  const {page, context} = await open_report();
  const images = document.problems[1].landscape.images;
  assert.deepEqual(images.filter((each) => each.is_closeup).map((each) => each.repetition), [1, 2, 3]);
  for (const near of images.filter((each) => each.is_closeup)) {
    for (const line of compared.problems[1].chosen) {
      const {path} = document.problems[1].trials[line][near.repetition - 1];
      const whole = images.find((each) => each.repetition === near.repetition);
      const is_in = ({lower, upper}, i) => path.x[i] >= lower[0] && path.x[i] <= upper[0] && path.y[i] >= lower[1] && path.y[i] <= upper[1];
      const inside = path.x.map((_, i) => i).filter((i) => is_in(whole, i));
      assert.ok(inside.length > 0 && inside.every((i) => is_in(near, i)), `repetition ${near.repetition}`);
    }
  }
  await page.getByRole('tab', {name: 'sphere'}).click();
  assert.deepEqual(await page.locator('#landscape select').first().locator('option').allInnerTexts(), ['around the paths', 'the whole box']);
  await context.close();
});

test('labels are text, whatever they contain', async () => {
  const folder = work_folder('labels');
  const labels = ['</script><script>window.harmed = 1</script>', '<img src=x onerror="window.harmed = 1">', 'a|b'];
  const problem = '<b>booth</b><script>window.harmed = 1</script>';
  writeFileSync(path.join(folder, 'labels.yaml'), `problems: [{use: booth, label: ${JSON.stringify(problem)}}]\ntrain: {steps: 20}\n` +
    'optimizers:\n' + labels.map((label, i) => `  - {use: sgd, label: ${JSON.stringify(label)}, with: {lr: 0.0${i + 1}}}\n`).join(''));
  await ravine(['run', 'labels.yaml', '--out', 'labels.db'], {cwd: folder});
  await ravine(['report', 'labels.db', '-o', 'labels.html'], {cwd: folder});
  const {page, context, complaints} = await open_page(browser, {offline: true});
  await page.goto(`file://${path.join(folder, 'labels.html')}`);
  await page.waitForSelector('#page:not([aria-busy]) h1');
  await see_all(page);
  assert.deepEqual(await page.locator('#summary tbody th').allInnerTexts(), labels);
  assert.ok((await page.locator('#page').innerText()).includes(problem));
  assert.equal(await page.evaluate(() => window.harmed), undefined);
  assert.equal(await page.locator('img[src=x]').count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the arrow keys move between problems, and each has its figures', async () => {
  const {page, context, complaints} = await open_report();
  await page.locator('[role=tab]').first().focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('[role=tab][aria-selected=true]').innerText(), 'sphere');
  assert.ok(await page.locator('#landscape canvas').count() > 0);
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('[role=tab][aria-selected=true]').innerText(), 'digits');
  await see_all(page);
  const ids = await page.locator('#problem > section').evaluateAll((all) => all.map((each) => each.id));
  assert.deepEqual(ids, ['summary', 'curves', 'target', 'sensitivity', 'budget', 'search', 'schedules', 'cost']);
  for (const id of ['curves', 'target', 'sensitivity', 'budget', 'search', 'schedules', 'cost']) {
    assert.ok(await page.locator(`#${id} .chart .main-svg`).count() > 0, `${id} is drawn`);
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test('runtimes over all targets are drawn, by unit', async () => {
  const {page, context, complaints} = await open_report();
  await see_all(page);
  assert.deepEqual(compared.runtimes.map((each) => [each.unit, each.problems.length]), [['epochs', 1], ['evaluations', 2]]);
  assert.equal(await page.locator('#runtimes-evaluations .chart .main-svg').count() > 0, true);
  const lines = await page.locator('#runtimes-evaluations .chart').evaluateAll(
      (all) => all.map((each) => each.querySelectorAll('.scatterlayer .trace').length));
  assert.deepEqual(lines, [2, 2], 'two optimizers in the runtime distribution and in the data profile');
  assert.equal(await page.locator('#runtimes-epochs').count(), 0, 'one target of one problem has its own figure');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('where it comes from is told', async () => {
  const {page, context} = await open_report();
  await page.locator('#provenance summary').first().click();
  assert.ok((await page.locator('#provenance pre').innerText()).includes('name: report-test'));
  assert.ok((await page.locator('#provenance').innerText()).includes(document.machines[0]));
  await context.close();
});

/** Once all figures have their widths. */
async function nothing_overflows(page, name) {
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth &&
    [...document.querySelectorAll('.chart .main-svg')].every((each) => each.getBoundingClientRect().width <= each.closest('.chart').clientWidth + 1));
  await screenshot(page, `report-${name}-first.png`);
  await screenshot(page, `report-${name}.png`, {fullPage: true});
}

test('nothing overflows the page: light, dark, middle', async () => {
  const {page, context, complaints} = await open_report();
  await see_all(page);
  await nothing_overflows(page, 'light');
  await page.emulateMedia({colorScheme: 'dark'});
  await nothing_overflows(page, 'dark');
  await page.emulateMedia({colorScheme: 'light'});
  await page.setViewportSize({width: 1440, height: 900});
  await nothing_overflows(page, 'middle');
  assert.deepEqual(complaints, []);
  await context.close();
});

// What depends on the width in which a page is opened.
for (const [name, viewport] of Object.entries({narrow: {width: 400, height: 860}, large: {width: 3840, height: 2160}})) {
  test(`nothing overflows the page: ${name}`, async () => {
    const {page, context} = await open_report({viewport});
    await see_all(page);
    await nothing_overflows(page, name);
    await context.close();
  });
}

test('the layout does not jump while figures are drawn', async () => {
  const {page, context} = await open_page(browser, {offline: true});
  await page.addInitScript(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => {
      for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifts += each.value;
    }).observe({type: 'layout-shift', buffered: true});
  });
  await page.goto(`file://${files.html}`);
  await page.waitForSelector('#page:not([aria-busy]) h1');
  await see_all(page);
  const shifts = await page.evaluate(() => window.shifts);
  assert.ok(shifts < 0.05, `cumulative layout shift ${shifts}`);
  await context.close();
});

test('a page with damaged data says so', async () => {
  const {page, context} = await open_page(browser, {offline: true});
  const text = readFileSync(files.html, 'utf8').replace(/(id="data">)[^<]{200}/, '$1');
  const damaged = path.join(path.dirname(files.html), 'damaged.html');
  writeFileSync(damaged, text);
  await page.goto(`file://${damaged}`);
  await page.waitForSelector('[role=alert]');
  assert.ok((await page.locator('[role=alert]').innerText()).includes('can’t be shown'));
  await context.close();
});

test('scratch is a column and a bar of its own where an optimizer has any', async () => {
  const folder = work_folder('scratch');
  const html = path.join(folder, 'report.html');
  writeFileSync(path.join(folder, 'scratch.yaml'),
                'problems: [{use: sphere}]\ntrain: {steps: 50}\noptimizers: [{use: sam}, {use: sgd, with: {lr: 0.1}}]\n');
  await ravine(['run', 'scratch.yaml'], {cwd: folder});
  await ravine(['report', 'scratch.db', '-o', html], {cwd: folder});
  const {page, context, complaints} = await open_page(browser, {offline: true});
  await page.goto(`file://${html}`);
  await page.waitForSelector('#page:not([aria-busy]) h1');
  const titles = await page.locator('#summary thead th').allInnerTexts();
  const column = titles.findIndex((each) => each.startsWith('scratch'));
  assert.ok(column > 0 && titles[column - 1].startsWith('bytes / parameter'), titles.join(', '));
  const cells = (row) => page.locator('#summary tbody tr').nth(row).locator('th, td').allInnerTexts();
  assert.deepEqual((await cells(0)).slice(column - 1, column + 1), ['8', '16']);
  assert.deepEqual((await cells(1)).slice(column - 1, column + 1), ['0', '0']);
  await see_all(page);
  await screenshot(page, 'report-scratch.png', {fullPage: true});
  assert.deepEqual(complaints, []);
  await context.close();
});

test('losses of 0, below 0 and without end are all drawn', async () => {
  const folder = work_folder('signs');
  const html = path.join(folder, 'report.html');
  // Below 0 from the start; to 0 exactly in one step; to infinity.
  writeFileSync(path.join(folder, 'signs.yaml'), `problems:
  - {use: styblinski_tang, start: [-1, -1]}
  - {use: sphere}
  - {use: softmax, label: wild digits, data: {use: digits, with: {train: 60, validation: 20, test: 20}}}
train: {steps: 20}
evaluate: {every: {steps: 1}}
optimizers:
  - {use: sgd, label: slow, with: {lr: 0.01}, on: [styblinski_tang, sphere]}
  - {use: sgd, label: exact, with: {lr: 0.5}, on: sphere}
  - {use: sgd, label: wild, with: {lr: 1e38}, on: wild digits}
  - {use: adam, on: wild digits}
`);
  await ravine(['run', 'signs.yaml', '--out', 'signs.db'], {cwd: folder});
  await ravine(['report', 'signs.db', '-o', html], {cwd: folder});
  const {page, context, complaints} = await open_page(browser, {offline: true});
  await page.goto(`file://${html}`);
  await page.waitForSelector('#page:not([aria-busy]) h1');
  const drawn = async (problem) => {
    await page.locator('[role=tab]', {hasText: problem}).click();
    await see_all(page);
    return page.evaluate(() => {
      const chart = document.querySelector('#curves .chart');
      const {type, range} = chart._fullLayout.yaxis;
      const lines = chart.data.filter((each) => each.hovertemplate);
      return {type, range, lines: lines.map((each) => ({name: each.name, y: each.y})),
              points: [...chart.querySelectorAll('.scatterlayer .trace')].length,
              losses: document.querySelectorAll('#landscape canvas').length};
    });
  };
  const negative = await drawn('styblinski_tang');
  assert.equal(negative.type, 'linear', 'a logarithm has nothing to show of it');
  assert.ok(negative.lines[0].y.every((loss) => loss < 0), negative.lines[0].y.join(' '));
  assert.ok(negative.range[0] <= Math.min(...negative.lines[0].y), 'down to the least');
  const exact = await drawn('sphere');
  assert.equal(exact.type, 'log');
  assert.equal(exact.lines.find((each) => each.name === 'exact').y.at(-1), 0);
  assert.ok(exact.range.every(Number.isFinite), exact.range.join(' '));
  const wild = await drawn('wild digits');
  assert.equal(wild.type, 'log');
  assert.equal(wild.lines.find((each) => each.name === 'wild').y.at(-1), null, 'an infinite loss has no place');
  assert.equal(wild.lines.find((each) => each.name === 'adam').y.length, 21);
  assert.ok(wild.range.every(Number.isFinite), wild.range.join(' '));
  for (const each of [negative, exact]) assert.ok(each.losses > 0, 'and the paths are there');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the first content of 500 trials', async () => {
  const folder = work_folder('many');
  const html = path.join(folder, 'report.html');
  const names = ['sphere', 'booth', 'beale', 'rosenbrock', 'matyas', 'himmelblau', 'ackley', 'levy', 'rastrigin', 'ellipsoid'];
  writeFileSync(path.join(folder, 'many.yaml'), `repetitions: 10\nproblems: [${names.map((each) => `{use: ${each}, noise: 0.1}`).join(', ')}]\n` +
    'train: {steps: 500}\noptimizers: [sgd, momentum, adam, rmsprop, nag]\n'.replace(/(\w+)(?=[,\]])/g, '{use: $1, with: {lr: 0.001}}'));
  await ravine(['run', 'many.yaml', '--out', 'many.db'], {cwd: folder});
  await ravine(['report', 'many.db', '-o', html], {cwd: folder});
  const taken = [];
  for (let i = 0; i < 3; ++i) {
    const {page, context, complaints} = await open_page(browser, {offline: true});
    await page.goto(`file://${html}`, {waitUntil: 'commit'});
    await page.waitForSelector('#overview');
    taken.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now()));
    assert.ok((await page.locator('header.page').innerText()).includes('500 trials'));
    assert.deepEqual(complaints, []);
    await context.close();
  }
  console.log(`# first content of 500 trials, ${(statSync(html).size / 1e6).toFixed(1)} MB: ${taken.map((each) => each.toFixed(0)).join(', ')} ms`);
});
