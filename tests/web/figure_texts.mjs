// Where the texts of the figures on a page lie.

/** Texts that leave their figure or lie on another one; "figure: text" each. */
export async function misplaced_texts(page) {
  return page.evaluate(() => {
    const slack = 1;  // a pixel, of rounding
    const box_of = (each) => {
      const {left, right, top, bottom, width} = each.getBoundingClientRect();
      return {left, right, top, bottom, width, text: each.textContent};
    };
    const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack &&
                              Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2 * slack;
    return [...document.querySelectorAll('.chart')].filter((each) => each.offsetParent).flatMap((chart) => {
      const whole = chart.getBoundingClientRect();
      const texts = [...chart.querySelectorAll('.main-svg text')]
          .filter((each) => !each.closest('.hoverlayer, .modebar') && each.textContent && getComputedStyle(each).fillOpacity !== '0' && each.checkVisibility({opacityProperty: true}))
          .map(box_of).filter((each) => each.width > 0);
      const found = texts.filter((each) => each.left < whole.left - slack || each.right > whole.left + Math.max(whole.width, chart.scrollWidth) + slack ||
                                           each.top < whole.top - slack || each.bottom > whole.bottom + slack)
                         .map((each) => `${each.text} leaves the figure`);
      texts.forEach((a, i) => texts.slice(0, i).filter((b) => overlap(a, b)).forEach((b) => found.push(`${b.text} lies on ${a.text}`)));
      return found.map((each) => `${chart.ariaLabel}: ${each}`);
    });
  });
}
