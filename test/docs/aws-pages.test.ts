import { test } from 'vitest';
import { whyNoReader } from './place.ts';
import { tell } from './tell.ts';

/** How many of these pages are run, the shortest first: each of their commands to the CDK takes seconds. */
const MOST = Number(process.env['AWS_PAGES'] ?? 1);
const PAGES = ['docs/migration.md', 'docs/operating.md', 'infra/README.md'].slice(0, MOST);
/** The CDK's command line takes some seconds for each of a page's commands. */
const DEPLOYS_MS = 600_000;
const obstacle = whyNoReader();

test.skipIf(obstacle !== undefined).each(PAGES)(
  `%s does what it says${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  async (page) => {
    await tell(page);
  },
  DEPLOYS_MS,
);
