import type { Position, ReadOptions, RecordedEvent, StreamRead } from '../event-store.js';
import type { ReadConnections } from './connection.js';
import { COPIED_COLUMNS, eventsOf } from './copied-events.js';

type EventRow = [number, string, number, string, string, Buffer, Buffer];

const columns = 'position, stream, revision, id, type, data, metadata';
const highestRevision = 2 ** 31 - 1;
const STREAM_PAGE = 500;
const MAX_GROUP = 256;
const MAX_UNDER_WAY = 1;

const forwards = `select ${columns} from log.events
  where stream = $1 and revision >= $2 order by revision limit $3`;
const backwards = `select ${columns} from log.events
  where stream = $1 and revision <= $2 order by revision desc limit $3`;
const several = `select e.* from unnest($1::text[], $2::integer[]) w(stream, start)
  cross join lateral (select ${columns} from log.events e
    where e.stream = w.stream collate "C" and e.revision >= w.start order by e.revision) e
  order by e.stream, e.revision`;
const page = `select ${columns} from log.events where position > $1 order by position limit $2`;
/** COPY takes no parameters. */
const copiedPage = (after: Position, limit: number): string =>
  `copy (select ${COPIED_COLUMNS} from log.events where position > ${after} order by position limit ${limit}) to stdout (format binary)`;
const at = `select ${columns} from log.events where position = $1`;
const head = 'select position from log.counter';

interface Wanted {
  readonly reads: readonly StreamRead[];
  readonly resolve: (streams: Map<string, RecordedEvent[]>) => void;
  readonly reject: (error: unknown) => void;
}

function recorded(row: EventRow): RecordedEvent {
  const [position, stream, revision, id, type, data, metadata] = row;
  return { kind: 'event', stream, revision, position, id, type, data, metadata };
}

/** Every question to the log. */
export class LogReader {
  private wanted: Wanted[] = [];
  private scheduled = false;
  private underWay = 0;

  constructor(private readonly connections: ReadConnections) {}

  async head(): Promise<Position> {
    const [row] = await this.connections.rows<[number]>('log_head', head, []);
    return row?.[0] ?? 0;
  }

  /** The event at a position; undefined if none stands there. */
  async at(position: Position): Promise<RecordedEvent | undefined> {
    if (!Number.isSafeInteger(position)) {
      return undefined;
    }
    const [row] = await this.connections.rows<EventRow>('log_at', at, [position]);
    return row && recorded(row);
  }

  /** A page of the whole log, in order. A page that is not full reaches the end. */
  async page(after: Position, limit: number): Promise<RecordedEvent[]> {
    return (await this.connections.rows<EventRow>('log_page', page, [after, limit])).map(recorded);
  }

  /**
   * The same page where much is expected: the database and this process take an event in a third of the time, but the
   * statement is planned anew each time.
   */
  async fullPage(after: Position, limit: number): Promise<RecordedEvent[]> {
    if (!Number.isSafeInteger(after) || !Number.isSafeInteger(limit)) {
      throw new RangeError(`There is no page of ${limit} events after ${after}.`);
    }
    return eventsOf(await this.connections.copied(copiedPage(after, limit)));
  }

  async *stream(stream: string, options: ReadOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    const back = options.direction === 'backwards';
    let from = Math.min(Math.max(options.from ?? (back ? highestRevision : 0), back ? -1 : 0), highestRevision);
    let left = options.limit ?? Infinity;
    while (left > 0) {
      const size = Math.min(left, STREAM_PAGE);
      const [name, text] = back ? ['log_backwards', backwards] : ['log_forwards', forwards];
      const rows = await this.connections.rows<EventRow>(name, text, [stream, from, size]);
      for (const row of rows) {
        const event = recorded(row);
        yield event;
        from = back ? event.revision - 1 : event.revision + 1;
      }
      left -= rows.length;
      if (rows.length < size || from < 0) {
        return;
      }
    }
  }

  /**
   * What several callers want in the same turn becomes one query. No more than two are under way: what is wanted
   * meanwhile comes along with the next, so that the busier the log, the more a query answers.
   */
  streams(reads: readonly StreamRead[]): Promise<Map<string, RecordedEvent[]>> {
    if (reads.length === 0) {
      return Promise.resolve(new Map());
    }
    return new Promise((resolve, reject) => {
      this.wanted.push({ reads, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.wanted.length === 0 || this.underWay === MAX_UNDER_WAY) {
      return;
    }
    this.scheduled = true;
    // After the other callbacks of this turn, so that what they want comes along.
    setImmediate(() => {
      this.scheduled = false;
      this.underWay += 1;
      void this.readGroup(this.takeGroup()).then(() => {
        this.underWay -= 1;
        this.schedule();
      });
      this.schedule();
    });
  }

  private takeGroup(): Wanted[] {
    let count = 0;
    let size = 0;
    for (const { reads } of this.wanted) {
      if (size > 0 && count + reads.length > MAX_GROUP) {
        break;
      }
      count += reads.length;
      size += 1;
    }
    return this.wanted.splice(0, size);
  }

  private async readGroup(group: readonly Wanted[]): Promise<void> {
    try {
      const starts = lowestStarts(group.flatMap(({ reads }) => reads));
      const rows = await this.connections.rows<EventRow>('log_streams', several, [
        [...starts.keys()],
        [...starts.values()],
      ]);
      const found = Map.groupBy(rows.map(recorded), ({ stream }) => stream);
      for (const { reads, resolve } of group) {
        resolve(
          new Map(
            [...lowestStarts(reads)].map(([stream, start]) => [
              stream,
              // Callers may not share an array that one of them may change.
              (found.get(stream) ?? []).filter(({ revision }) => revision >= start),
            ]),
          ),
        );
      }
    } catch (error) {
      for (const { reject } of group) {
        reject(error);
      }
    }
  }
}

function lowestStarts(reads: readonly StreamRead[]): Map<string, number> {
  const starts = new Map<string, number>();
  for (const { stream, from = 0 } of reads) {
    starts.set(stream, Math.min(Math.max(from, 0), starts.get(stream) ?? highestRevision));
  }
  return starts;
}
