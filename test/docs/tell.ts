import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parsePowerShell } from '../bootstrap/powershell.ts';
import { mismatch } from './answers.ts';
import { type Step, stepsOf } from './page.ts';
import { asHere } from './replacements.ts';
import { setScene } from './scenes.ts';
import { openShell } from './shell.ts';

type Run = Extract<Step, { does: 'run' }>;
type Read = Extract<Step, { does: 'read' }>;

/** A command line that ends badly, as the page shows it. */
const SHOWN_FAILURE = /^(?:error|curl): /m;

/** Runs a page from top to bottom as its reader would; every command ends, and answers, as the page says. */
export const tell = async (page: string): Promise<void> => {
  const steps = stepsOf(await readFile(page, 'utf8'));
  for (const step of steps) if (step.does === 'read') await check(step);
  if (!steps.some(({ does }) => does === 'run')) return;
  const place = await setScene(page, steps);
  const shell = await openShell(place.home, place.env);
  for (const step of steps) {
    if (step.does === 'save') await writeFile(join(place.home, step.name), step.text);
    if (step.does !== 'run') continue;
    const { status, written } = await shell.paste(asHere(step.text, place));
    expectAsShown(
      page,
      step.answer ? { ...step, answer: { ...step.answer, text: asHere(step.answer.text, place) } } : step,
      status,
      written,
    );
  }
};

const expectAsShown = (page: string, { text, line, answer }: Run, status: number, written: string): void => {
  const at = `${page}:${line}\n${text}\n-- ended with ${status} and wrote:\n${written}`;
  expect(status, at).not.toBeNaN();
  const isShownToFail = answer !== undefined && SHOWN_FAILURE.test(answer.text);
  expect(status !== 0, at).toBe(isShownToFail);
  const why = answer && mismatch(answer, written);
  expect(why, `${at}\n-- which is not what the page shows: ${why}\n${answer?.text}`).toBeUndefined();
};

const DIAGRAMS = /^(?:sequenceDiagram|stateDiagram-v2|flowchart [A-Z]{2})$/;

/** What is not run is at least what it says it is. */
const check = async ({ language, text, line }: Read): Promise<void> => {
  switch (language) {
    case 'json':
      return;
    case 'yaml':
      parseYaml(text);
      return;
    case 'mermaid':
      expect(text.split('\n')[0], `line ${line} is a diagram of a known kind`).toMatch(DIAGRAMS);
      return;
    case 'nginx':
      // test/attacks/be-every-caller-behind-a-proxy.test.ts has nginx run it.
      return;
    case 'powershell':
      expect((await parsePowerShell(text)).mistakes, `line ${line}`).toEqual([]);
  }
};
