/** Brings the source into the pipeline byte by byte, unpacked; or makes rows up, as many as are asked for. */

import { createReadStream, createWriteStream, statSync } from "node:fs";
import { Readable, Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Action } from "pipefile";
import type { Schema } from "pipefile/model";
import { generatedRows } from "./generate.ts";

interface Params {
  /** How many rows to make up by the schema; 0 to take the source. */
  readonly rows: number;
  /** The same seed makes the same bytes, on every platform. */
  readonly seed: number;
  readonly schema: Schema;
}

type Ingest = Action<{ source: string }, { raw: string }, Params>;

const ingest: Ingest = async ({ inputs: { source }, outputs, params, log, metric, progress, signal }) => {
  if (params.rows !== 0) {
    const rows = Readable.from(generatedRows({ ...params, onRows: progress }));
    await pipeline(rows, createWriteStream(outputs.raw), { signal });
    log(`${params.rows} rows made up from the seed ${params.seed}`);
    metric("rows", params.rows);
    return;
  }
  const size = statSync(source).size;
  const meter = new Meter((bytes) => progress(bytes, size));
  const unpacking = source.endsWith(".gz") ? [createGunzip()] : [];
  await pipeline([createReadStream(source), meter, ...unpacking, createWriteStream(outputs.raw)], { signal }).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code?.startsWith("Z_") === true ? new Error(`${source} is no whole gzip: ${error.message}`) : error;
    },
  );
  if (meter.bytes === 0) throw new Error(`${source} is empty: it has not even a header`);
  log(`${meter.bytes} bytes from ${source}`);
  metric("bytes", meter.bytes);
};

export default ingest;

/** Counts the bytes that go through it. */
class Meter extends Transform {
  bytes = 0;
  readonly #onBytes: (bytes: number) => void;

  constructor(onBytes: (bytes: number) => void) {
    super();
    this.#onBytes = onBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.bytes += chunk.length;
    this.#onBytes(this.bytes);
    callback(undefined, chunk);
  }
}
