import { SETTLING_MS } from '../world.ts';
import { testPlays } from './model.ts';

testPlays(['host-1'], { from: 0, to: SETTLING_MS - 1_000 });
