import { test } from 'vitest';
import { whyNoReader } from './place.ts';
import { tell } from './tell.ts';

const PAGES = ['docs/migration.md', 'docs/operating.md', 'infra/README.md'];
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
