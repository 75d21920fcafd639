/** Writes a table as Parquet in row groups, of which no more than one is in memory. */

import { fileWriter, ParquetWriter, type ColumnSource, type KeyValue, type SchemaElement } from "hyparquet-writer";
import type { Cell, Column, Row } from "pipefile/model";

/** What readers skip by, and what is held at once: large enough to compress well, and some megabytes. */
const GROUP_ROWS = 65_536;

/** How a column of the table stands in the file; whatever may be missing is optional. */
export type ParquetColumn = Pick<Column, "name" | "type"> & { readonly isRequired?: boolean };

const TYPES = {
  number: { type: "DOUBLE" },
  integer: { type: "INT64" },
  category: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
} as const satisfies Record<Column["type"], Partial<SchemaElement>>;

/** A file that rows are added to, one at a time; it is whole once it is closed. The same rows make the same bytes. */
export class ParquetFile {
  readonly #columns: readonly ParquetColumn[];
  readonly #writer: ParquetWriter;
  /** The row group to be, by column. */
  #values: (string | number | bigint | null)[][];

  constructor(
    path: string,
    columns: readonly ParquetColumn[],
    /** Texts for whoever reads the file, by key. */
    metadata: Readonly<Record<string, string>>,
  ) {
    this.#columns = columns;
    this.#values = columns.map(() => []);
    this.#writer = new ParquetWriter({
      writer: fileWriter(path),
      schema: schemaOf(columns),
      kvMetadata: Object.entries(metadata).map(([key, value]): KeyValue => ({ key, value })),
    });
  }

  /** `row[i]` belongs to `columns[i]`. Throws a RangeError that names an integer which a double cannot hold. */
  add(row: Row): void {
    this.#columns.forEach((column, at) => this.#values[at]?.push(valueOf(column, row[at] ?? null)));
    if (this.#values[0]?.length === GROUP_ROWS) this.#writeGroup();
  }

  close(): void {
    if ((this.#values[0]?.length ?? 0) > 0) this.#writeGroup();
    void this.#writer.finish();
  }

  #writeGroup(): void {
    const columnData = this.#columns.map(({ name }, at): ColumnSource => ({ name, data: this.#values[at] ?? [] }));
    // A file is written at once: there is a promise only of a writer that has something to wait for.
    void this.#writer.write({ columnData, rowGroupSize: GROUP_ROWS });
    this.#values = this.#columns.map(() => []);
  }
}

const schemaOf = (columns: readonly ParquetColumn[]): SchemaElement[] => [
  { name: "root", num_children: columns.length },
  ...columns.map(({ name, type, isRequired = false }): SchemaElement => {
    return { name, ...TYPES[type], repetition_type: isRequired ? "REQUIRED" : "OPTIONAL" };
  }),
];

function valueOf({ name, type }: ParquetColumn, cell: Cell): string | number | bigint | null {
  if (type !== "integer" || typeof cell !== "number") return cell;
  // Beyond, whole numbers are no longer told apart: what was read may not be what the table says.
  if (!Number.isSafeInteger(cell))
    throw new RangeError(`the integer ${cell} of ${name} is too large to be exact: declare it as number, or as text`);
  return BigInt(cell);
}
