import { type Browser, chromium } from "playwright-core";
import { onTestFinished } from "vitest";

/** Where Debian puts it (scripts/prepare-test-host.sh). */
const CHROMIUM = "/usr/bin/chromium";

/** A real browser without a window, and a page in it. What a page complains about is kept. Gone when the test ends. */
export async function openBrowser() {
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM,
    // It refuses to have its sandbox as root, which is what tests run as in a container.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { browser, page, complaints };
}
