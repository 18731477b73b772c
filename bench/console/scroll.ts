import type { Page } from 'playwright-core';

export interface Scroll {
  frames: number;
  longestFrameMs: number;
  framesOver100Ms: number;
  /** Rows that were passed. */
  rows: number;
}

const seconds = 60;
const pixelsPerFrame = 60;
const rowHeightPx = 37;

/** Scrolls the list of a page for a minute, frame by frame, down and now and then back up, and times every frame. */
export async function scrollForAMinute(page: Page): Promise<Scroll> {
  const { frames, passed } = await page.evaluate<{ frames: number[]; passed: number }>(script);
  await page.close();
  return {
    frames: frames.length,
    longestFrameMs: Math.round(Math.max(...frames)),
    framesOver100Ms: frames.filter((ms) => ms > 100).length,
    rows: Math.round(passed / rowHeightPx),
  };
}

/** Runs in the page, which the compiler of this program knows nothing of. */
const script = `new Promise((resolve) => {
  const list = document.querySelector('table').closest('section');
  const frames = [];
  let passed = 0;
  let last = performance.now();
  const end = last + ${seconds * 1_000};
  const frame = (now) => {
    frames.push(now - last);
    last = now;
    const direction = frames.length % 600 > 540 ? -1 : 1;
    const before = list.scrollTop;
    list.scrollTop += direction * ${pixelsPerFrame};
    passed += Math.abs(list.scrollTop - before);
    if (now < end) requestAnimationFrame(frame);
    else resolve({ frames: frames.slice(1), passed });
  };
  requestAnimationFrame(frame);
})`;
