// The explorer's page, as its tests use it.
import {open_page} from './browser.mjs';

/** A new page of the explorer at an address, once it has drawn its tab. */
export async function open_at(browser, address, options = {}) {
  const opened = await open_page(browser, {permissions: ['clipboard-read', 'clipboard-write'], ...options});
  await opened.page.goto(address);
  await opened.page.waitForSelector('#page:not([aria-busy]) .tab-place');
  return opened;
}

/** What the legend says of each path at the end, once there is an answer to everything. */
export async function readings(page) {
  await page.waitForSelector('[aria-label=Paths][aria-busy=false]');
  return page.locator('.legend .reading').allInnerTexts();
}

/** As readings, after something was done that changes the first path. */
export async function changes(page, act) {
  const [first] = await readings(page);
  await act();
  await page.waitForFunction((old) => document.querySelector('.legend .reading')?.textContent !== old, first);
  return readings(page);
}
