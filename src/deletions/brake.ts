import { on } from '../database/handle.ts';
import { findDataset } from '../datasets/dataset-sql.ts';
import { isQuiet } from '../datasets/quiet-hours.ts';
import { StepSize } from '../jobs/step-size.ts';
import type { Lethe } from '../lethe.ts';
import type { DeletionOfDataset } from './deletion.ts';
import { Pace, shareMin } from './pace.ts';
import { seeLog, seeOthers, touchHeartbeat, usersDeleted } from './pace-sql.ts';
import type { ProofSize } from './prove.ts';
import { Rests } from './rests.ts';
import { rangeUsersMax, type StepPlan, stepSize } from './step.ts';
import { type Sight, strainsOf } from './strains.ts';
import { type Turn, Turns } from './turns.ts';

const lookEveryMs = 1_000;
/**
 * Steps of a job that goes slower take at most so long, rests included: whoever comes back waits at most so long for the step that
 * deletes them, and rarely, since few are in it. Shorter ones cost more than they spare: each has some twenty statements and reads the
 * same pages as the one before. With 300 look-ups and 500 events a second beside 1,000,000 users, a tenth to a fifth fewer went with
 * rests within 100 ms than with 100 ms of work and rests beyond it.
 */
const gentleStepMsMax = 150;

/** To prove that nothing is left of a user costs about a third of deleting them. */
const proofShare = 1 / 3;
/** At first, many more users than a step deletes are proven at once: most slices whole. */
const provenAtOnce = 10;

/** A step that may begin now: how large it is, of either kind, and what has to be called when it has ended, however it ended. */
export interface StartedTurn {
  plan: StepPlan;
  proofSize: ProofSize;
  end(failed: boolean): void;
}

/**
 * Keeps one running bulk deletion, on this server, to its limits and from making others wait. It looks at them about once a second,
 * beside the steps and never before one, so that a job that is alone loses nothing.
 */
export class Brake {
  readonly #lethe: Lethe;
  #deletion: DeletionOfDataset;
  readonly #pace: Pace;
  readonly #turns: Turns;
  readonly #size: StepSize;
  readonly #gentleSize: StepSize;
  readonly #proofSize: StepSize;
  readonly #gentleProofSize = new StepSize({ first: 1_000, min: 200, max: rangeUsersMax, msMax: gentleStepMsMax });
  #lookedAt: number;
  #looking: Promise<void> | undefined;
  #logIsHidden = false;
  #lastCommitMs = 0;
  #fastestCommitMs = Number.POSITIVE_INFINITY;
  /** Users whom this server has deleted, and a share of those whom it has proven, and how many that was when it looked last. */
  #workedOn = 0;
  #atLook = { users: 0, at: 0 };
  /** Users whom this server has deleted, and the others beyond whom they had when it first looked. */
  #own = 0;
  #othersAtFirst: number | undefined;
  #othersCounted = 0;

  constructor(lethe: Lethe, deletion: DeletionOfDataset, firstStep: number) {
    this.#lethe = lethe;
    this.#deletion = deletion;
    this.#turns = new Turns(lethe.settings.deletionWorkers);
    this.#size = stepSize(lethe.settings.deletionStepMsMax, firstStep);
    this.#proofSize = new StepSize({
      first: Math.min(rangeUsersMax, provenAtOnce * firstStep),
      min: 200,
      max: rangeUsersMax,
      msMax: lethe.settings.deletionStepMsMax,
    });
    this.#gentleSize = new StepSize({ first: Math.min(200, firstStep), min: 50, msMax: gentleStepMsMax });
    this.#lookedAt = this.#now();
    this.#atLook.at = this.#lookedAt;
    this.#pace = new Pace(this.#now(), lethe.answerTimes?.look().length ? shareMin : 1);
  }

  /** A turn for the worker that asks, or how long it waits before it asks again. */
  turn(): StartedTurn | { waitMs: number } {
    this.#lookNowAndThen();
    const turn = this.#turns.ask(this.#now(), { share: this.#pace.share, rate: this.#limit()?.rate });
    return 'waitMs' in turn ? turn : this.#begin(turn);
  }

  /** What makes the job go slower than it could, in words for people; null when nothing does. */
  heldBackBy(): string | null {
    const limit = this.#limit();
    if (limit && this.#turns.isLimited(this.#now())) {
      return `limited to ${limit.rate.toLocaleString('en-US')} users a second ${limit.by}`;
    }
    return this.#pace.slower(this.#now());
  }

  #begin(turn: Turn): StartedTurn {
    const { workShare, usersMax, pausedMs } = turn;
    const size = turn.allowance.share < 1 ? this.#gentleSize : this.#size;
    const rests = new Rests(workShare);
    const rest = () => rests.rest();
    // Sizes are those of a worker that does not rest; with its rests a step takes as long.
    const learn = (of: StepSize, users: number, ms: number) =>
      of.learn(users / workShare, (ms - rests.restedMs) / workShare);
    let deleted = 0;
    const plan: StepPlan = {
      current: Math.min(Math.ceil(size.current * workShare), usersMax),
      pausedMs,
      rest,
      isAlone: turn.allowance.share === 1,
      learn: (users, ms) => {
        deleted = users;
        this.#own += users;
        this.#workedOn += users;
        learn(this.#size, users, ms);
        learn(this.#gentleSize, users, ms);
      },
    };
    const proof = turn.allowance.share < 1 ? this.#gentleProofSize : this.#proofSize;
    const proofSize: ProofSize = {
      current: Math.ceil(proof.current * workShare),
      pausedMs,
      rest,
      learn: (users, ms) => {
        this.#workedOn += users * proofShare;
        learn(proof, users, ms);
      },
    };
    const end = (failed: boolean) => {
      if (failed) this.#own -= deleted;
      this.#turns.end(turn, { users: failed ? 0 : deleted, restedMs: rests.restedMs }, this.#now());
    };
    return { plan, proofSize, end };
  }

  /** The smaller of the setting and, in its hours, the dataset's own. */
  #limit(): { rate: number; by: string } | undefined {
    const { deletionRateMax } = this.#lethe.settings;
    const { quietHours } = this.#deletion.dataset;
    const setting = deletionRateMax > 0 ? { rate: deletionRateMax, by: 'by LETHE_DELETION_RATE_MAX' } : undefined;
    if (!quietHours || !isQuiet(quietHours, this.#lethe.now())) return setting;
    const { usersPerSecond: rate, to } = quietHours;
    if (setting && setting.rate <= rate) return setting;
    return { rate, by: `in the quiet hours of this dataset, until ${to} UTC` };
  }

  #lookNowAndThen(): void {
    const now = this.#now();
    const since = now - this.#lookedAt;
    if (this.#looking || (since >= 0 && since < lookEveryMs)) return;
    this.#lookedAt = now;
    // What cannot be seen just now holds nothing back: where the database is away, the steps themselves say so.
    this.#looking = this.#look()
      .catch(() => {})
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #look(): Promise<void> {
    const { database, settings } = this.#lethe;
    const { dataset, job } = this.#deletion;
    const current = await findDataset(database.heartbeat, dataset.id);
    if (current?.no === dataset.no) this.#deletion = { dataset: current, job };
    if (settings.deletionRateMax > 0 || current?.quietHours) await this.#countOthers();
    this.#pace.see(strainsOf(await this.#see(), this.#pace.share), this.#now(), this.#ratePerSecond());
  }

  /** Since the last look; undefined while nobody is deleted or proven. */
  #ratePerSecond(): number | undefined {
    const now = this.#now();
    const { users, at } = this.#atLook;
    this.#atLook = { users: this.#workedOn, at: now };
    return this.#workedOn > users && now > at ? ((this.#workedOn - users) * 1_000) / (now - at) : undefined;
  }

  /** The limit holds for all servers together: each counts what the others do as its own. */
  async #countOthers(): Promise<void> {
    const { dataset, job } = this.#deletion;
    const others = (await usersDeleted(on(dataset, this.#lethe.database.heartbeat), job.id)) - this.#own;
    this.#othersAtFirst ??= others;
    const rate = this.#limit()?.rate;
    const more = others - this.#othersAtFirst - this.#othersCounted;
    if (more <= 0) return;
    this.#othersCounted += more;
    if (rate !== undefined) this.#turns.deletedByOthers(more, rate);
  }

  async #see(): Promise<Sight> {
    const { database, answerTimes } = this.#lethe;
    const { job } = this.#deletion;
    const { write, lockWaits, longQuery } = await seeOthers(database.heartbeat, job.id);
    const log = await this.#seeLog();
    return {
      answers: answerTimes?.look() ?? [],
      commit: write ? await this.#timeCommit() : undefined,
      lockWaits,
      longQuery: longQuery ?? undefined,
      replica: log?.replica ?? undefined,
      unarchivedBytes: log?.unarchivedBytes ?? undefined,
    };
  }

  /** The shorter one of the last two: a single slow commit is nobody's fault. */
  async #timeCommit(): Promise<NonNullable<Sight['commit']>> {
    const { database, now } = this.#lethe;
    const { dataset, job } = this.#deletion;
    const began = performance.now();
    await touchHeartbeat(on(dataset, database.heartbeat), job.id, now());
    const took = performance.now() - began;
    const ms = Math.min(this.#lastCommitMs, took);
    this.#lastCommitMs = took;
    this.#fastestCommitMs = Math.min(this.#fastestCommitMs, took);
    return { ms, fastestMs: this.#fastestCommitMs };
  }

  /** Asked no more once it was refused: not every role and not every managed database may know. */
  async #seeLog(): Promise<Awaited<ReturnType<typeof seeLog>> | undefined> {
    if (this.#logIsHidden) return undefined;
    return seeLog(this.#lethe.database.heartbeat).catch(() => {
      this.#logIsHidden = true;
      return undefined;
    });
  }

  #now(): number {
    return this.#lethe.now().getTime();
  }
}
