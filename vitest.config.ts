import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Left to itself vitest leaves a core idle.
    maxWorkers: '100%',
    // Many tests run real processes against real time; a machine that is busy with others may be too slow once.
    retry: process.env['CI'] ? 1 : 0,
  },
});
