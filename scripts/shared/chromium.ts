import type { Browser } from 'playwright-core';
import { spawnSync } from 'node:child_process';

/** The browser of this machine; empty where there is none. */
export const chromiumHere = spawnSync('/bin/sh', [
  '-c',
  'command -v chromium || command -v google-chrome',
], {
  encoding: 'utf8',
}).stdout.trim();

/**
 * Its own pages below the address bar are a hundred scripts of a second process, which loads them with each window
 * while the page that is looked at loads. The rest is what Playwright turns off: of two lists, the last counts.
 */
const withoutFeatures = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

/** Starts it so that it asks nobody but the pages it is given. */
export const launchChromium = async (...more: string[]): Promise<Browser> => {
  // It takes half a second to load, and most who ask for a browser here only ask whether there is one.
  const { chromium } = await import('playwright-core');
  return await chromium.launch({
    executablePath: chromiumHere,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-features=${withoutFeatures.join(',')}`,
      ...more,
    ],
    timeout: 0,
  });
};
