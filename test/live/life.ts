import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { LetheError } from '../../src/errors.ts';
import { type LiveMergeLimits, liveMergeLimits } from '../../src/events/merge-plan.ts';
import type { Rule } from '../../src/segments/rule.ts';
import { Random } from '../story/random.ts';
import type { Follower } from './follower.ts';
import { Ledger } from './ledger.ts';
import { Messages, type Sent } from './messages.ts';
import { Rules } from './rules.ts';
import type { LiveWorld } from './world.ts';

/** One run, as all who take part in it see it. */
export class Life {
  readonly world: LiveWorld;
  readonly seed: number;
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly rules: Rules;
  /** Ids of the segments that somebody has created, by their kind; some may be gone. */
  readonly ruleSegments: string[] = [];
  readonly lists: string[] = [];
  readonly imports: string[] = [];
  readonly followers: Follower[] = [];
  /** Messages with an id, to be sent again. */
  readonly repeatable: Sent[] = [];
  /**
   * What a message may merge at once, in every fourth life so little that most merges are done in steps. Nobody is deleted in bulk
   * there: of two who are still being merged a bulk deletion takes only the one who is in the segment.
   */
  readonly liveMerge: LiveMergeLimits;
  readonly mergesInSteps: boolean;
  /** Whether everybody has done what they had in mind; what goes on by itself goes on until then. */
  isOver = false;

  constructor(world: LiveWorld, seed: number) {
    this.world = world;
    this.seed = seed;
    this.mergesInSteps = seed % 4 === 0;
    this.liveMerge = this.mergesInSteps ? { events: 2, identities: 1 } : liveMergeLimits;
    this.ledger = new Ledger(world.clock);
    this.messages = new Messages(seed, world.clock.now);
    this.rules = new Rules(seed, world.clock.now);
  }

  /** A generator of its own for everybody who takes part. */
  random(part: number): Random {
    return new Random(this.seed * 1_000 + part);
  }

  drawRule(random: Random): Rule {
    return this.rules.draw(random, [...this.ruleSegments, ...this.lists], this.imports);
  }

  /**
   * Refusals that the state of things allows are part of life: then nothing was changed, and nothing is answered. Whatever else is
   * thrown ends the run.
   */
  async attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const isRefusal =
        error instanceof LetheError &&
        (/^(conflict|notFound|busy)$/.test(error.kind) || error.code.startsWith('rule.'));
      if (!isRefusal) throw error;
      this.ledger.note(`${what}: ${error.code}`);
      return undefined;
    }
  }
}

/** Lets others go first, sometimes for a while: nobody knows who comes next. */
export async function pause(random: Random): Promise<void> {
  if (random.chance(0.4)) return;
  await (random.chance(0.5) ? breathe() : sleep(random.below(8)));
}
