import { setTimeout as delay } from 'node:timers/promises';
import { Streams } from '../../commands/streams.js';
import { failpoint } from '../../platform/failpoint.js';
import { Alarm } from './alarm.js';
import { isOutage } from '../../platform/outage.js';
import type { Report } from './outcome.js';
import type { Process } from './process.js';
import { ProcessLine } from './process-line.js';
import type { ProcessTables } from './process-tables.js';
import { Reactor, type ReactorParts } from './reactor.js';
import { Signal } from './signal.js';

/** What leading the processes takes. */
export interface LeadershipParts extends ReactorParts {
  readonly processes: readonly Process[];
  readonly tables: ProcessTables;
  readonly report: Report;
}

/** Events in hand before reading goes on; and how many may pass before their positions are stored without a mark. */
const MOST_IN_HAND = 1_000;
const STRETCH = 1_000;
/** For how long positions alone are gathered before they are stored. */
const GATHER_MS = 10;
const UNTIL_CHANGED = 60_000;

/** One term of leading all processes: it reads the log once for all of them, fires their timers and stores how far they are. */
export class Leadership {
  private readonly ending = new AbortController();
  private readonly changed = new Signal();
  private readonly urgent = new Signal();
  private lines: ProcessLine[] = [];
  private alarm: Alarm | undefined;
  private readonly answering = new Set<string>();

  private constructor(private readonly parts: LeadershipParts) {}

  /** Takes over and leads until `signal` is aborted. @throws FencedOff, and whatever made it impossible to go on. */
  static async lead(parts: LeadershipParts, signal: AbortSignal, began: (term: Leadership) => void): Promise<void> {
    const term = new Leadership(parts);
    const end = (): void => term.ending.abort();
    signal.addEventListener('abort', end, { once: true });
    try {
      if (signal.aborted) return;
      await term.begin();
      began(term);
      await term.work();
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  /** The clock was moved. */
  clockMoved(): void {
    this.alarm?.wake();
  }

  /** Does what people asked of parked streams. */
  async answerRequests(): Promise<void> {
    const names = this.lines.map(({ name }) => name);
    for (const request of await this.parts.tables.requests(names)) {
      const id = `${request.process}|${request.stream}`;
      if (this.answering.has(id)) continue;
      this.answering.add(id);
      const released = (): void => {
        this.answering.delete(id);
        this.alarm?.wake();
      };
      this.lines.find(({ name }) => name === request.process)?.answer(request, released);
    }
  }

  private async begin(): Promise<void> {
    const { processes, tables, store, codec, clock, report } = this.parts;
    const names = processes.map(({ name }) => name);
    const starts = await tables.takeOver(names);
    const parked = await tables.parkedStreams(names);
    const folds = new Streams(store, codec);
    this.lines = processes.map((process) => {
      const streams = parked.filter((one) => one.process === process.name).map(({ stream }) => stream);
      return new ProcessLine(process, starts.get(process.name)!, streams, {
        store,
        tables,
        report,
        reactor: new Reactor(this.parts, process, folds),
        signal: this.ending.signal,
        changed: (urgent) => this.note(urgent),
        failed: (error) => this.ending.abort(error),
      });
    });
    this.alarm = new Alarm({ lines: this.lines, tables, store, clock, report });
  }

  private async work(): Promise<void> {
    const { signal } = this.ending;
    const parts = [this.read(), this.keepStoring(), this.alarm!.run(signal)];
    // If one of them cannot go on, all end: another term begins from what is stored.
    await Promise.all(parts.map((part) => part.catch((error: unknown) => this.ending.abort(error))));
    await Promise.all(this.lines.map((line) => line.idle()));
    if (signal.reason instanceof Error && signal.reason.name !== 'AbortError') throw signal.reason;
    await this.storeProgress();
  }

  private async read(): Promise<void> {
    const { signal } = this.ending;
    const from = Math.min(...this.lines.map(({ position }) => position));
    let stretch = 0;
    for await (const item of this.parts.store.subscribeAll(from, signal)) {
      if (item.kind === 'event') for (const line of this.lines) line.offer(item);
      stretch += 1;
      if (item.kind === 'mark' || stretch >= STRETCH) {
        stretch = 0;
        for (const line of this.lines) line.passOver(item.position);
      }
      while (this.backlog() > MOST_IN_HAND && !signal.aborted) await this.changed.after(this.changed.seen, UNTIL_CHANGED, signal);
    }
  }

  private backlog(): number {
    return this.lines.reduce((sum, line) => sum + line.backlog, 0);
  }

  private note(urgent: boolean): void {
    if (urgent) this.urgent.raise();
    this.changed.raise();
  }

  private async keepStoring(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const [changed, urgent] = [this.changed.seen, this.urgent.seen];
      await this.storeProgress();
      await this.changed.after(changed, UNTIL_CHANGED, signal);
      await this.urgent.after(urgent, GATHER_MS, signal);
    }
  }

  private async storeProgress(): Promise<void> {
    const progress = this.lines.flatMap((line) => line.take() ?? []);
    if (progress.length === 0) return;
    failpoint('processes.beforeCheckpoint');
    for (let pauseMs = 20; ; pauseMs = Math.min(1_000, pauseMs * 2)) {
      try {
        await this.parts.tables.store(progress);
        break;
      } catch (error) {
        if (!isOutage(error) || this.ending.signal.aborted) throw error;
        this.parts.report('Progress of the processes cannot be stored yet.', error);
        await delay(pauseMs, undefined, { signal: this.ending.signal }).catch(() => undefined);
      }
    }
    failpoint('processes.afterCheckpoint');
    for (const one of progress) this.lines.find(({ name }) => name === one.process)?.stored(one);
    if (progress.some(({ timers }) => timers.some(({ kind }) => kind === 'set'))) this.alarm?.wake();
  }
}
