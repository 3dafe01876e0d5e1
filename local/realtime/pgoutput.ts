// The messages of Postgres's own output plugin, pgoutput, in version 1 of its protocol:
// https://www.postgresql.org/docs/17/protocol-logicalrep-message-formats.html

/** A table as the log knows it. */
export interface Relation {
  oid: number;
  schema: string;
  table: string;
  columns: { name: string; isKey: boolean }[];
}

/** An inserted or updated row, by its key. */
export interface Change {
  relation: Relation;
  type: 'INSERT' | 'UPDATE';
  key: Record<string, string>;
  /** When its transaction was committed. */
  committedAt: Date;
}

/** Decodes messages in order; the description of a relation comes before its first row, and is remembered. */
export class LogReader {
  readonly #relations = new Map<number, Relation>();
  #committedAt = new Date(0);

  /** The change in a message, if it is one that is read here: deleted rows are not. */
  read(message: Buffer): Change | undefined {
    const at = new Cursor(message);
    switch (at.letter()) {
      case 'B':
        at.skip(8);
        // Microseconds since the year 2000.
        this.#committedAt = new Date(Number(at.int64() / 1000n) + Date.UTC(2000, 0, 1));
        return undefined;
      case 'R':
        return this.#relation(at);
      case 'I':
        return this.#change('INSERT', at);
      case 'U':
        return this.#change('UPDATE', at);
      default:
        return undefined;
    }
  }

  #relation(at: Cursor): undefined {
    const [oid, schema, table] = [at.int32(), at.text(), at.text()];
    at.skip(1);
    const columns = Array.from({ length: at.int16() }, () => {
      const [isKey, name] = [at.int8() === 1, at.text()];
      at.skip(8);
      return { name, isKey };
    });
    this.#relations.set(oid, { oid, schema, table, columns });
  }

  #change(type: Change['type'], at: Cursor): Change | undefined {
    const relation = this.#relations.get(at.int32());
    if (relation === undefined) return undefined;
    // An update may contain the old key or row first.
    if (at.letter() !== 'N') {
      at.values();
      at.skip(1);
    }
    const values = at.values();
    const key = relation.columns.flatMap(({ name, isKey }, place) => {
      const value = values[place];
      return isKey && typeof value === 'string' ? [[name, value] as const] : [];
    });
    return { relation, type, key: Object.fromEntries(key), committedAt: this.#committedAt };
  }
}

class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#at++);
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  int64(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8);
  }

  letter(): string {
    return String.fromCharCode(this.int8());
  }

  /** Up to its terminating zero. */
  text(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** A row: texts, null, and undefined for unchanged TOAST values, which are not sent. */
  values(): (string | null | undefined)[] {
    return Array.from({ length: this.int16() }, () => {
      const kind = this.letter();
      if (kind !== 't') return kind === 'n' ? null : undefined;
      const length = this.int32();
      this.#at += length;
      return this.#bytes.toString('utf8', this.#at - length, this.#at);
    });
  }
}
