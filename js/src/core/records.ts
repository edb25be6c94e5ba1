// Reads and writes the core's records by name. The core says where each field stands and what it is: wasm/layout.cpp.
import type { RecordTypes } from "./record-types.js";
import type { Runtime } from "./runtime.js";

/** FieldType of wasm/fields.hpp by its number, as DataView calls what is stored. */
const stored = ["Uint8", "Uint8", "Uint16", "Uint32", "Int32", "Float32", "Float64", "BigUint64", "Uint32"] as const;
const booleanType = 0;
const textType = 8;
const tableBytes = 16;
const fieldBytes = 12;

interface Field {
  name: string;
  offset: number;
  type: number;
}

interface Table {
  size: number;
  fields: Field[];
}

/** Where a record's fields stand, and its size: for those who read it in place. */
export interface RecordLayout<Name extends keyof RecordTypes> {
  size: number;
  at: Record<keyof RecordTypes[Name], number>;
}

export class Records {
  readonly #runtime: Runtime;
  /** Where each record's table stands, and the tables that were asked for. */
  readonly #addresses = new Map<string, number>();
  readonly #tables = new Map<string, Table>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const { exports } = runtime;
    for (let i = 0; i < exports.mgt_records_length(); i++) {
      const address = exports.mgt_records() + tableBytes * i;
      const [name = 0] = this.#words(address, 1);
      this.#addresses.set(runtime.text(name), address);
    }
  }

  layout<Name extends keyof RecordTypes>(name: Name): RecordLayout<Name> {
    const { size, fields } = this.#table(name);
    const at = Object.fromEntries(fields.map((field) => [field.name, field.offset]));
    return { size, at: at as RecordLayout<Name>["at"] };
  }

  /** A copy of the record at an address. */
  read<Name extends keyof RecordTypes>(name: Name, address: number): RecordTypes[Name] {
    const { fields } = this.#table(name);
    const values = fields.map((field) => [field.name, this.#get(field.type, address + field.offset)]);
    return Object.fromEntries(values) as RecordTypes[Name];
  }

  /** Copies of `count` records that follow each other. */
  readAll<Name extends keyof RecordTypes>(name: Name, address: number, count: number): RecordTypes[Name][] {
    const { size } = this.#table(name);
    return Array.from({ length: count }, (_, i) => this.read(name, address + i * size));
  }

  /** Writes the fields that are given. */
  write<Name extends keyof RecordTypes>(
    name: Name,
    address: number,
    values: { [Field in keyof RecordTypes[Name]]?: RecordTypes[Name][Field] | undefined },
  ): void {
    for (const field of this.#table(name).fields) {
      const value = values[field.name as keyof RecordTypes[Name]];
      if (value !== undefined) this.#set(field.type, address + field.offset, value);
    }
  }

  #get(type: number, at: number): unknown {
    const value = this.#runtime.view[`get${stored[type] as "Uint32"}`](at, true);
    if (type === booleanType) return value !== 0;
    return type === textType ? this.#runtime.text(value) : value;
  }

  #set(type: number, at: number, value: unknown): void {
    const stores = type === booleanType ? Number(Boolean(value)) : value;
    this.#runtime.view[`set${stored[type] as "Uint32"}`](at, stores as number, true);
  }

  #table(name: keyof RecordTypes): Table {
    const known = this.#tables.get(name);
    if (known) return known;
    const address = this.#addresses.get(name) as number; // the ABI number vouches for it
    const [, size = 0, first = 0, count] = this.#words(address, 4);
    const fields = Array.from({ length: count as number }, (_, i) => this.#field(first + fieldBytes * i));
    const table = { size, fields };
    this.#tables.set(name, table);
    return table;
  }

  #field(address: number): Field {
    const [name = 0, offset = 0, type = 0] = this.#words(address, 3);
    return { name: this.#runtime.text(name), offset, type };
  }

  #words(address: number, count: number): Uint32Array {
    return new Uint32Array(this.#runtime.bytes.buffer, address, count);
  }
}
